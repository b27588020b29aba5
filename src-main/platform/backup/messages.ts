import type { CrossedError } from '#main/platform/database/readers/messages.ts';

/** What a database holds, in numbers that a copy of it must have too; counted by the features that know the tables. */
export interface Census {
  readonly operations: number;
  /** End of the audit chain, hex. */
  readonly head: string;
  readonly objects: number;
  readonly relationships: number;
  readonly ledgerEntries: number;
}

export interface Change {
  readonly at: string;
  readonly actor: string;
  readonly what: string;
}

/** One task for one process. Keys travel by this channel only: arguments and environment can be read by other programs. */
export type CopyTask =
  | { readonly kind: 'copy'; readonly path: string; readonly key: Uint8Array; readonly target: string }
  | { readonly kind: 'check'; readonly path: string; readonly key: Uint8Array; readonly newest: number }
  | { readonly kind: 'rekey'; readonly path: string; readonly key: Uint8Array; readonly next: Uint8Array };

export interface CopyOutcome {
  /** Before and after the copying: what was written meanwhile may be in the copy or not. */
  readonly before?: Census;
  readonly after?: Census;
}

export interface CheckOutcome {
  readonly schema: number;
  /** Absent where the database is older than the tables that are counted. */
  readonly census?: Census;
  readonly problems: readonly string[];
  readonly newest: readonly Change[];
}

export type CopyAnswer = { readonly kind: 'done'; readonly outcome: unknown } | { readonly kind: 'failed'; readonly error: CrossedError };
