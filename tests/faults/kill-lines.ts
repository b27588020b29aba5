/** What the child is told. */
export interface Life {
  readonly seed: number;
  readonly dataDir: string;
  /** Imported before the first life. */
  readonly base: string;
  /** Imported in this life. */
  readonly bundle: string;
  /** Imported in this life and cancelled. */
  readonly other: string;
  /** Objects of the base that were deleted before. */
  readonly gone: readonly string[];
}

export type Fact = string | boolean | null;

/** What the child says: where it is, which facts a command is about to change, and which now hold. */
export type Line = { readonly phase: string } | { readonly begin: readonly string[] } | { readonly ack: Readonly<Record<string, Fact>> };
