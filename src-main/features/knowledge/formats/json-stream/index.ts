import { setImmediate } from 'node:timers/promises';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { documentLimits, type JsonLimits, streamLimits } from './limits.ts';
import { type JsonElement, JsonSlicer } from './slicer.ts';

export type { JsonLimits } from './limits.ts';
export type { JsonElement } from './slicer.ts';

export interface StreamOptions {
  /** Way to the array by member names, `objects` or `response.Event`; a top-level array is always taken, whatever is said here. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly limits?: Partial<JsonLimits>;
  /** Told of each value outside the array, in the order of the file: `spec_version`, `more`, or all members of a single object; an empty array comes as a member. */
  readonly onMember?: (member: JsonElement) => void;
}

const BATCH = 400;
const BATCH_BYTES = 1024 * 1024;

/**
 * Reads a JSON file as the elements of one array, some hundreds at a time, never the whole file.
 * An element that cannot be kept (not UTF-8, too deep, too large) comes with its `fault`; where
 * the file itself is no JSON, all elements before that place are yielded first, then a
 * ContractError('invalid_input') says line and byte. `__proto__` is a key like any other.
 */
export async function* streamObjects(bytes: AsyncIterable<Uint8Array>, options: StreamOptions): AsyncIterable<JsonElement[]> {
  let batch: JsonElement[] = [];
  let taken = 0;
  const path = options.path === '' ? [] : options.path.split('.');
  const slicer = new JsonSlicer(
    path,
    { ...streamLimits, ...options.limits },
    (element) => batch.push(element),
    (member) => options.onMember?.(member),
  );
  const step = (advance: () => void): unknown => {
    try {
      advance();
      return undefined;
    } catch (error) {
      return error ?? new Error('unknown');
    }
  };
  for await (const chunk of bytes) {
    checkSignal(options.signal);
    const failure = step(() => slicer.feed(chunk));
    taken += chunk.length;
    if (batch.length >= BATCH || taken >= BATCH_BYTES || failure !== undefined) {
      for (let from = 0; from < batch.length; from += BATCH) {
        yield batch.length <= BATCH ? batch : batch.slice(from, from + BATCH);
        // A source that is always ready must not keep the event loop from hearing a cancel.
        await setImmediate();
        checkSignal(options.signal);
      }
      batch = [];
      taken = 0;
    }
    if (failure !== undefined) throw failure;
  }
  if (batch.length > 0) yield batch;
  batch = [];
  slicer.finish();
  if (batch.length > 0) yield batch;
}

/**
 * Reads a JSON file whole. `losses` names repeated keys and numbers that cannot be held exactly.
 * Throws ContractError: `invalid_input` with line and byte where it is no JSON or too deep, `too_large` past the limits.
 */
export async function readJson(
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly signal: AbortSignal; readonly limits?: Partial<JsonLimits> },
): Promise<{ readonly value: Json; readonly losses: NonNullable<JsonElement['losses']> }> {
  let found: JsonElement | undefined;
  const limits = { ...documentLimits, ...options.limits };
  const slicer = new JsonSlicer(
    undefined,
    limits,
    () => undefined,
    (member) => {
      found = member;
    },
  );
  for await (const chunk of bytes) {
    checkSignal(options.signal);
    slicer.feed(chunk);
  }
  slicer.finish();
  if (found?.value === undefined) throw new ContractError('invalid_input', `The file cannot be read: ${found?.fault ?? 'it is empty'}.`);
  return { value: found.value, losses: found.losses ?? [] };
}

function checkSignal(signal: AbortSignal): void {
  if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
}

/** What the beginning of a JSON file shows, for recognising its format. */
export interface Peek {
  /** Elements of the array that end before the cut. */
  readonly elements: readonly JsonElement[];
  /** Values outside the array that end before the cut. */
  readonly members: readonly JsonElement[];
  /** Whether the text is the beginning of JSON as far as it goes. */
  readonly json: boolean;
}

/** Reads as much of a cut JSON text as there is; never throws. `path` as in `streamObjects`. */
export function peek(text: string, path: string): Peek {
  const elements: JsonElement[] = [];
  const members: JsonElement[] = [];
  const slicer = new JsonSlicer(
    path === '' ? [] : path.split('.'),
    streamLimits,
    (element) => elements.push(element),
    (member) => members.push(member),
  );
  try {
    slicer.feed(new TextEncoder().encode(text));
    return { elements, members, json: true };
  } catch {
    return { elements, members, json: false };
  }
}
