/*
 * Feeds a format with mutated files: every outcome must be Items or one ContractError; nothing else thrown, no
 * prototype touched, none slower than any honest file of the size could be. For a format's own test:
 *
 *   import { fuzzFormat, seedsOf } from '../../tests/fuzz/fuzz-format.ts';
 *   expect((await fuzzFormat(format, await seedsOf(format.id), 300)).faults).toEqual([]);
 *
 * tests/fuzz/formats.test.ts does that with every format of formats/index.ts and its fixtures (300 inputs each);
 * the long run is `npm run -s fuzz -- --runs 10000 [--only cve,d3fend] [--seed 7]`.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkItems } from '#main/features/knowledge/formats/conformance.ts';
import type { Format, Item } from '#main/features/knowledge/formats/format.ts';
import { sourceFromBytes } from '#main/features/knowledge/formats/source.ts';
import { deflatedPieces, sheetSeeds, sheetWithText, workbookWith } from '#main/features/knowledge/formats/xlsx/hand-made.ts';
import { isContractError } from '#shared/transport/errors.ts';
import { mutated, randomFrom } from './mutate.ts';

export interface FuzzFault {
  readonly format: string;
  /** Play it again: `inputOf(seeds, seed, run)`. */
  readonly seed: number;
  readonly run: number;
  readonly what: string;
}

export interface FuzzOutcome {
  readonly runs: number;
  /** Runs that gave at least one object, and runs that ended in a sentence. */
  readonly objects: number;
  readonly refused: number;
  /** The slowest input, in milliseconds. */
  readonly slowest: number;
  readonly faults: FuzzFault[];
}

export interface FuzzOptions {
  readonly seed?: number;
  /** The first run's number. */
  readonly from?: number;
  /** Called before each input is read: a watchdog's heartbeat. */
  readonly onRun?: (run: number) => void;
}

/** An input that takes longer hangs, for all that a person can tell. None takes a hundredth of it. */
const HANGS_MS = 30_000;
/** More than this is not kept to be looked at. */
const MOST_ITEMS = 200_000;

/** Reads `runs` mutated files. `files`: honest files of the format. */
export async function fuzzFormat(
  format: Format,
  files: readonly { readonly bytes: Uint8Array }[],
  runs: number,
  options: FuzzOptions = {},
): Promise<FuzzOutcome> {
  const { seed = 20_261_124, from = 0, onRun } = options;
  const seeds = files.map(({ bytes }) => bytes);
  if (seeds.length === 0) throw new Error(`${format.id} has no seeds`);
  const outcome = { runs, objects: 0, refused: 0, slowest: 0, faults: [] as FuzzFault[] };
  for (let run = from; run < from + runs; run++) {
    onRun?.(run);
    const bytes = inputOf(seeds, seed, run, packed[format.id]);
    const began = performance.now();
    try {
      const items = await readHostile(format, bytes);
      if (items === undefined) outcome.refused++;
      else if (items.some(({ kind }) => kind === 'object')) outcome.objects++;
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      outcome.faults.push({ format: format.id, seed, run, what: what.slice(0, 2000) });
      if (outcome.faults.length >= 20) return outcome;
    }
    const took = performance.now() - began;
    outcome.slowest = Math.max(outcome.slowest, took);
    if (took > HANGS_MS) outcome.faults.push({ format: format.id, seed, run, what: `took ${Math.round(took / 1000)} s` });
  }
  return outcome;
}

/** A format within a container: a change to the container mostly ends in its checks, so most runs change what lies within. */
export interface Packed {
  readonly seeds: readonly Uint8Array[];
  readonly pack: (bytes: Uint8Array) => Uint8Array;
  /** As `pack`, of a file too long to be held. */
  readonly packPieces: (pieces: readonly Uint8Array[]) => Promise<Uint8Array>;
}

export const packed: Readonly<Partial<Record<Format['id'], Packed>>> = {
  xlsx: { seeds: sheetSeeds.map((text) => new TextEncoder().encode(text)), pack: packedSheet, packPieces },
};

/** What is no markup any more becomes the text of cells. */
function packedSheet(bytes: Uint8Array): Uint8Array {
  const isSheet = bytes[0] === 0x3c;
  return workbookWith(isSheet ? Buffer.from(bytes) : sheetWithText(new TextDecoder().decode(bytes)));
}

async function packPieces(pieces: readonly Uint8Array[]): Promise<Uint8Array> {
  const [before = '', after = ''] = pieces[0]?.[0] === 0x3c ? [] : sheetWithText('\u0001').split('\u0001');
  return workbookWith(await deflatedPieces([Buffer.from(before), ...pieces, Buffer.from(after)]));
}

/** The input of one run. */
export function inputOf(seeds: readonly Uint8Array[], seed: number, run: number, inside?: Packed): Uint8Array {
  const random = randomFrom(Math.imul(seed, 31) + Math.imul(run, 0x9e3779b1));
  if (inside && run % 3 !== 0) return inside.pack(mutated(inside.seeds[run % inside.seeds.length] as Uint8Array, inside.seeds, random));
  return mutated(seeds[run % seeds.length] as Uint8Array, seeds, random);
}

/** The names that every object has from the beginning. */
const clean = Object.getOwnPropertyNames(Object.prototype).length;

/** The items, or undefined where the file was refused by a sentence. Throws where it is anything else. */
export async function readHostile(format: Format, bytes: Uint8Array | readonly Uint8Array[]): Promise<Item[] | undefined> {
  const items = await readOne(format, bytes);
  if (items) checkItems(items, 'hostile');
  if (Object.getOwnPropertyNames(Object.prototype).length !== clean) throw new Error('a prototype was changed');
  return items;
}

async function readOne(format: Format, bytes: Uint8Array | readonly Uint8Array[]): Promise<Item[] | undefined> {
  const items: Item[] = [];
  try {
    const source = await sourceFromBytes('fuzzed', bytes);
    const { confidence, because } = format.detect(await source.head());
    if (!(confidence >= 0 && confidence <= 1) || because === '') throw new Error(`detect said ${confidence} because “${because}”`);
    await format.columns?.(source);
    const context = { signal: new AbortController().signal, now: Date.UTC(2026, 10, 1), findByExternalId: () => undefined };
    for await (const page of format.read(source, context)) {
      items.push(...page);
      if (items.length > MOST_ITEMS) break;
    }
    return items;
  } catch (error) {
    if (!isContractError(error)) throw error;
    if (!/\S.*[.!?]$/s.test(error.message)) throw new Error(`a refusal is a sentence: ${error.message}`, { cause: error });
    return undefined;
  }
}

/** A format's own fixtures. */
export async function seedsOf(id: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  const folder = fileURLToPath(new URL(`../../src-main/features/knowledge/formats/${id}/fixtures/`, import.meta.url));
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => ({ name, bytes: new Uint8Array(await readFile(join(folder, name))) })));
}
