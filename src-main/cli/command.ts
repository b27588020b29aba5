import type { RedoubtContract } from '#shared/contract/index.ts';
import type { Client } from '#shared/transport/client.ts';
import type { Terminal } from './terminal.ts';

export type RedoubtClient = Client<RedoubtContract>;

/** What the process ends with. */
export const exit = { done: 0, failed: 1, usage: 2, rejected: 3, interrupted: 130 } as const;

/** The command line itself is wrong: the message says how, exit code 2. */
export class UsageError extends Error {}

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What the value is called in the help: `FILE`. */
  readonly value?: string;
  readonly about: string;
  readonly multiple?: boolean;
  readonly short?: string;
}

export interface Context {
  readonly client: RedoubtClient;
  readonly args: readonly string[];
  readonly io: Terminal;
  readonly json: boolean;
  readonly dataDir: string;
  readonly signal: AbortSignal;
  text(option: string): string | undefined;
  texts(option: string): readonly string[] | undefined;
  flag(option: string): boolean;
  /** A whole number from `least` on, or a usage error. */
  number(option: string, least: number, most: number): number | undefined;
  /** The one document of --json; otherwise the text for people. */
  print(document: unknown, text: () => string): Promise<void>;
  /** A remark beside the result, on standard error. */
  remark(text: string): void;
}

export interface Command {
  /** `audit verify`: what is typed. */
  readonly words: string;
  /** One sentence, in most cases the contract's own. */
  readonly about: string;
  /** `ID`, `FILE…`, `[NAME…]`. */
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** Whether it wants an open workspace, only an engine, or neither. */
  readonly wants: 'workspace' | 'engine' | 'nothing';
  /** Whether, with these arguments, it wants neither after all. */
  wantsNothing?(args: readonly string[]): boolean;
  run(context: Context): Promise<number | undefined>;
}
