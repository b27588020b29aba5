import type { EngineClient } from '../faults/world.ts';
import { exported } from '../faults/world.ts';
import { malwareId, uuidOf } from '../faults/objects.ts';

export const savedPassphrase = 'the first release, kept for good';

/** Objects whose whole page is compared. */
export const savedIds = [...Array.from({ length: 6 }, (_, n) => malwareId(n + 1)), `tool--${uuidOf(20)}`, `x-redoubt-asset--${uuidOf(30)}`];

/** All that a person can see of a saved workspace; what the recipe wrote down, and what today's engine must read. */
export async function contentOf(client: EngineClient) {
  const { knowledge, admin } = client;
  const entities: Record<string, unknown> = {};
  const versions: Record<string, unknown> = {};
  for (const id of savedIds) {
    const { object, tags, notes, provenance } = await knowledge.getEntity({ id });
    entities[id] = { object, tags, notes, provenance };
    versions[id] = (await knowledge.listVersions({ id })).map(({ object: whole, current }) => ({ whole, current }));
  }
  const { requests, refused } = await admin.getLedger();
  const { rows } = await knowledge.listHistory({ limit: 500 });
  return {
    stats: await knowledge.getStats(),
    objects: (await exported(client)).map((text) => JSON.parse(text) as unknown),
    entities,
    versions,
    imports: await knowledge.listImports(),
    // Sentences may be worded anew; what was done, when, by whom and whether it stands may not.
    history: rows.map(({ action, at, actor, undone, objects }) => ({ action, at, actor, undone, objects })),
    ledger: { requests, refused },
    rules: await admin.listNetworkRules(),
  };
}
