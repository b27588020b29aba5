import { z } from 'zod';

/** What one caller may do; a door is given a set of these, and `serve` checks each call. */
export const permissions = ['read', 'write', 'files', 'admin'] as const;
export type Permission = (typeof permissions)[number];

export interface Query<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'query';
  readonly input: I;
  readonly output: O;
  readonly needs: Permission;
  /** Answered while no workspace is open. */
  readonly whileLocked: boolean;
  readonly about: string;
}

export interface Command<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'command';
  readonly input: I;
  readonly output: O;
  readonly needs: Permission;
  readonly whileLocked: boolean;
  readonly about: string;
}

export interface Event<P extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly payload: P;
  readonly about: string;
}

export type Part = Query | Command | Event;
export type Contract = Readonly<Record<string, Readonly<Record<string, Part>>>>;

interface Terms {
  needs?: Permission;
  whileLocked?: boolean;
}

/** A question: reads, changes nothing, may be cancelled. `about` is one sentence for the docs and the command line. */
export function query<I extends z.ZodType, O extends z.ZodType>(about: string, input: I, output: O, terms: Terms = {}): Query<I, O> {
  return { kind: 'query', about, input, output, needs: terms.needs ?? 'read', whileLocked: terms.whileLocked ?? false };
}

/** A change: authorised, audited and, where it touches the graph, undoable. */
export function command<I extends z.ZodType, O extends z.ZodType>(about: string, input: I, output: O, terms: Terms = {}): Command<I, O> {
  return {
    kind: 'command',
    about,
    input,
    output,
    needs: terms.needs ?? 'write',
    whileLocked: terms.whileLocked ?? false,
  };
}

/** A fact that the engine tells every connected face. */
export function event<P extends z.ZodType>(about: string, payload: P): Event<P> {
  return { kind: 'event', about, payload };
}

/** Under this name a Blob schema's meta holds the schema of its header. */
export const blobMark = 'redoubt:blob';

export interface Blob<H> {
  readonly header: H;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * A Blob answer: a typed header checked by zod, and a body of raw bytes whose layout the
 * header states. Only a query's output may be one.
 */
export function blob<H extends z.ZodType>(header: H) {
  return z
    .custom<Blob<z.output<H>>>(
      (value) =>
        typeof value === 'object' &&
        value !== null &&
        (value as { body?: unknown }).body instanceof Uint8Array &&
        header.safeParse((value as { header?: unknown }).header).success,
      'expected a blob with a valid header',
    )
    .meta({ [blobMark]: header });
}
