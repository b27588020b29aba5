import { ContractError } from '#shared/transport/errors.ts';

const MiB = 1024 * 1024;

/** Bounds on one JSON file. A single value past its bounds is reported and skipped; a file past its bounds is refused. */
export interface JsonLimits {
  /** Bytes of the whole file, unpacked. */
  readonly maxBytes: number;
  /** Bytes of one array element, of one member beside the array, or of a document read whole; strings past their own bound not counted. */
  readonly maxValueBytes: number;
  /** Bytes of one string: a longer one is left out and told, without being held. MISP's largest attachment has 16 MiB and its escapes. */
  readonly maxStringBytes: number;
  /** Nesting within one value; `[]` counts 1. */
  readonly maxDepth: number;
  /** Elements of the array. */
  readonly maxItems: number;
}

export const streamLimits: JsonLimits = {
  maxBytes: 8192 * MiB,
  maxValueBytes: 16 * MiB,
  maxStringBytes: 20 * MiB,
  maxDepth: 100,
  maxItems: 10_000_000,
};

/** A document read whole stands in memory several times over, so its bound is lower than a streamed file's. */
export const documentLimits: JsonLimits = { ...streamLimits, maxBytes: 256 * MiB, maxValueBytes: 256 * MiB };

/** Where in the file, both counted from the start; lines from 1, bytes from 0. */
export interface Place {
  readonly line: number;
  readonly byte: number;
}

export function at({ line, byte }: Place): string {
  return `line ${line}, byte ${byte}`;
}

export function notJson(place: Place, what: string): ContractError {
  return new ContractError('invalid_input', `The file is not valid JSON at ${at(place)}: ${what}.`);
}

export function inMiB(bytes: number): string {
  return bytes >= MiB ? `${Math.floor(bytes / MiB)} MiB` : `${bytes} bytes`;
}
