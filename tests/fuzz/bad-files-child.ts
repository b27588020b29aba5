import { formats } from '#main/features/knowledge/formats/index.ts';
import { badness, type Badness, type BadFile, type Extent, type Seed } from './bad-files.ts';
import { type Packed, packed, readHostile, seedsOf } from './fuzz-format.ts';

/** Reads the bad files of one kind with one format, and tells of each that it begins, so that a hang can be seen from outside. */
export interface Asked {
  readonly format: string;
  readonly bad: Badness;
  readonly extent: Extent;
}

export interface Answered {
  readonly inputs: number;
  readonly refused: number;
  readonly faults: readonly string[];
  /** Highest resident memory of this process so far. */
  readonly peakMb: number;
}

/** What all objects of one file may come to as text: no file here is larger than a few MiB without its long line. */
const MOST_TEXT = 64 * 1024 * 1024;

async function honest(format: string, inside: Packed | undefined): Promise<Seed[]> {
  const seeds = inside ? inside.seeds.map((bytes, n) => ({ name: `sheet-${n}`, bytes })) : await seedsOf(format);
  return seeds.flatMap(({ name, bytes }) => {
    const text = new TextDecoder().decode(bytes);
    return text.includes('\0') || text.includes('\ufffd') ? [] : [{ name, text }];
  });
}

async function answer({ format: id, bad, extent }: Asked): Promise<Answered> {
  const format = formats.find((known) => known.id === id);
  if (!format) throw new Error(`there is no format ${id}`);
  const inside = packed[format.id];
  const make: (seed: Seed, extent: Extent) => Iterable<Uint8Array | BadFile> = badness[bad];
  const faults: string[] = [];
  let inputs = 0;
  let refused = 0;
  for (const seed of await honest(id, inside)) {
    let n = 0;
    for (const file of make(seed, extent)) {
      const what = `${seed.name}, file ${n++}`;
      process.send?.({ at: what });
      inputs++;
      try {
        const whole = !inside ? file : file instanceof Uint8Array ? inside.pack(file) : await inside.packPieces(file);
        const items = await readHostile(format, whole);
        if (items === undefined) refused++;
        else checkAnswer(items);
      } catch (error) {
        faults.push(`${what}: ${(error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 1500)}`);
      }
    }
  }
  return { inputs, refused, faults: faults.slice(0, 20), peakMb: Math.round(process.resourceUsage().maxRSS / 1024) };
}

function checkAnswer(items: readonly unknown[]): void {
  let length = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    length += text.length;
    if (/root:[^:]*:0:0:/.test(text)) throw new Error('a file of this machine was read');
    if (length > MOST_TEXT) throw new Error('what came out is far larger than what went in');
  }
}

process.on('message', (asked: Asked) => {
  void answer(asked).then(
    (outcome) => process.send?.({ outcome }),
    (error: unknown) => process.send?.({ outcome: { inputs: 0, refused: 0, faults: [String(error)], peakMb: 0 } }),
  );
});
