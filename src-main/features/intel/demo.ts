import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StixId, type StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Item } from '../knowledge/index.ts';

const mostBytes = 16 * 1024 * 1024;
const page = 500;

const DemoBundle = z.object({
  type: z.literal('bundle'),
  objects: z.array(z.looseObject({ type: z.string().min(1).max(250), id: StixId })).max(100_000),
});

/** The demo hospital that is shipped with the app. Throws `damaged` where its file is not what was shipped. */
export async function loadDemo(resourcesDir: string): Promise<{ sha256: string; items: AsyncIterable<Item[]> }> {
  const path = join(resourcesDir, 'demo', 'hospital.json');
  let bytes: Uint8Array;
  try {
    if ((await stat(path)).size > mostBytes) throw new Error('too large');
    bytes = await readFile(path);
    const { objects } = DemoBundle.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
    return { sha256: createHash('sha256').update(bytes).digest('hex'), items: pages(objects as unknown as StixObject[]) };
  } catch (error) {
    throw new ContractError('damaged', 'The demo hospital cannot be read; install Redoubt again to restore it.', { cause: error });
  }
}

async function* pages(objects: readonly StixObject[]): AsyncGenerator<Item[], void, undefined> {
  for (let from = 0; from < objects.length; from += page)
    yield objects.slice(from, from + page).map((object, index) => ({ kind: 'object', object, path: `objects[${from + index}]` }));
}
