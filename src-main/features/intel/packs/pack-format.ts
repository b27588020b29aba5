import { z } from 'zod';

/**
 * A facts pack is a gzipped JSON array with one element on each line: the header, then one
 * table for each STIX type, columns instead of objects so that it stays small. The header can
 * be read without unpacking the rest.
 */
export const packFormat = 'redoubt-facts-pack';
export const packFormatVersion = 1;

/** Bounds on what is read; the largest shipped pack needs a fifteenth of them. */
export const packLimits = {
  packedBytes: 32 * 1024 * 1024,
  unpackedBytes: 128 * 1024 * 1024,
  headerBytes: 64 * 1024,
  rows: 500_000,
} as const;

const Count = z.int().min(0).max(packLimits.rows);

export const PackHeader = z.strictObject({
  format: z.literal(packFormat),
  formatVersion: z.literal(packFormatVersion),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,99}$/),
  title: z.string().min(1).max(200),
  version: z.string().min(1).max(50),
  /** Date of the source's release, `YYYY-MM-DD`. */
  released: z.iso.date(),
  objects: Count,
  relationships: Count,
  tables: z.int().min(0).max(1000),
  sources: z.array(z.strictObject({ file: z.string().max(255), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).max(20),
  notice: z.string().max(10_000),
});
export type PackHeader = z.infer<typeof PackHeader>;

const Code = z.int().min(0).max(packLimits.rows);
const Value = z.json();

/**
 * How one property's values stand in a column. In `coded`, 0 is absent and n names the n-th
 * value. A reference is the number of a row over the whole pack, in file order from 1; past the
 * last row, the numbers name the table's `foreign` ids. `null` is absent everywhere.
 */
export const PackColumn = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('same'), value: Value }),
  z.strictObject({ kind: z.literal('coded'), values: z.array(Value), codes: z.array(Code) }),
  z.strictObject({ kind: z.literal('coded-lists'), values: z.array(Value), lists: z.array(z.array(Code).nullable()) }),
  z.strictObject({ kind: z.literal('each'), values: z.array(Value) }),
  /** Milliseconds after `base`, or the text itself where it is not `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  z.strictObject({ kind: z.literal('times'), base: z.int(), values: z.array(z.union([z.int(), z.string().max(50), z.null()])) }),
  z.strictObject({ kind: z.literal('ref'), rows: z.array(Code) }),
  z.strictObject({ kind: z.literal('refs'), lists: z.array(z.array(Code).nullable()) }),
]);
export type PackColumn = z.infer<typeof PackColumn>;

export const PackTable = z.strictObject({
  type: z.string().regex(/^[a-z][a-z0-9-]{1,249}$/),
  rows: Count,
  /** The UUIDs, 16 bytes each, base64. */
  ids: z.string(),
  foreign: z.array(z.string().max(300)),
  columns: z.array(z.strictObject({ property: z.string().regex(/^[a-z][a-z0-9_]{1,249}$/), column: PackColumn })).max(200),
});
export type PackTable = z.infer<typeof PackTable>;
