import { writeSync } from 'node:fs';
import type { EngineClient } from './world.ts';
import { malwareId } from './objects.ts';

export const copiesPassphrase = 'a copy of a copy of a copy';

/** What the children that copy, restore, export and import are told. */
export interface CopiesLife {
  readonly seed: number;
  readonly dataDir: string;
  readonly file: string;
  readonly elsewhere: string;
}

/** What they say. `after` and `ack` are the tags that stand, or are about to, on the one object that is looked at. */
export type CopiesLine =
  | { readonly phase: string }
  | { readonly begin: string; readonly after: readonly string[] }
  | { readonly ack: readonly string[]; readonly copy?: string; readonly file?: boolean };

export const say = (line: CopiesLine) => void writeSync(1, `${JSON.stringify(line)}\n`);

export const watched = malwareId(1);

export async function tagsOf(client: EngineClient): Promise<string[]> {
  return [...(await client.knowledge.getEntity({ id: watched })).tags].sort();
}
