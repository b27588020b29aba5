import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from './format.ts';

const deepest = 100;

/**
 * A whole JSON document in memory, for formats whose files are small by nature. Throws `too_large` past
 * `mostBytes`, `invalid_input` where it is no JSON or nested deeper than 100 levels.
 */
export async function readJsonDocument(source: Source, signal: AbortSignal, mostBytes: number): Promise<Json> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of source.bytes()) {
    signal.throwIfAborted();
    length += piece.length;
    if (length > mostBytes) {
      throw new ContractError(
        'too_large',
        `“${source.name}” is larger than ${Math.round(mostBytes / 1024 / 1024)} MiB, more than such a file may be. Split it and import the parts.`,
      );
    }
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  if (length === 0) throw new ContractError('invalid_input', `“${source.name}” is empty.`);
  const depth = deepestNesting(bytes);
  if (depth > deepest) throw new ContractError('invalid_input', `“${source.name}” is nested deeper than ${deepest} levels; not read.`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ContractError('invalid_input', `“${source.name}” is not valid JSON${whereIn(cause)}. It may be cut off or damaged.`, {
      cause,
    });
  }
}

/** How deep brackets nest outside strings; a first look before the parser, linear in the bytes. */
export function deepestNesting(bytes: Uint8Array): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (inString) {
      if (byte === 0x5c) index++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > most) most = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
  }
  return most;
}

function whereIn(cause: unknown): string {
  const found = cause instanceof SyntaxError ? /position (\d+)/.exec(cause.message) : undefined;
  return found ? ` (at character ${found[1]})` : '';
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property that is an object, else undefined. */
export function objectIn(value: Json | undefined, name: string): JsonObject | undefined {
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  const inner = value[name];
  return isObject(inner) ? inner : undefined;
}

/** An own property that is a list, else an empty list. */
export function listIn(value: JsonObject, name: string): readonly Json[] {
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  return Array.isArray(inner) ? inner : [];
}

/** An own property as text: strings as they are, numbers and booleans written out, anything else undefined. Empty is undefined. */
export function textIn(value: JsonObject, name: string): string | undefined {
  const inner = Object.hasOwn(value, name) ? value[name] : undefined;
  if (typeof inner === 'string') return inner === '' ? undefined : inner;
  return typeof inner === 'number' || typeof inner === 'boolean' ? String(inner) : undefined;
}
