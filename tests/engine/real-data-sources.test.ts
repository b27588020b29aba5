import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import { importFiles, openWorld, temporaryFolder, type World } from '../faults/world.ts';
import { hasSharedData, shared } from '../fixtures/shared-data.ts';

const folder = temporaryFolder('sources');
let world: World;
beforeAll(async () => {
  if (hasSharedData) world = await openWorld(join(folder.path, 'workspace'));
}, 60_000);
afterAll(async () => {
  if (hasSharedData) await world.close();
  folder.remove();
}, 60_000);

const kev = shared('kev/known_exploited_vulnerabilities.json.gz');
const mappings = shared('mappings/ctid/kev-07.28.2025_attack-16.1-enterprise.json.gz');

it.skipIf(!hasSharedData)(
  `CISA’s catalogue, the CVE list and the Center’s mapping write one vulnerability${hasSharedData ? '' : ' (skipped: no shared data)'}`,
  async () => {
    const { knowledge } = world.client;
    const cve = {
      name: 'cve.ndjson',
      bytes: execFileSync('xz', ['-dkc', shared('cve/cisa-vulnrichment-sample.ndjson.xz')], { maxBuffer: 64 << 20 }),
    };
    const bring = async (file: Parameters<typeof importFiles>[1][number]) => {
      const [report] = (await importFiles(world.client, [file])).reports;
      if (!report) throw new Error('no report');
      return report;
    };
    const first = await bring(kev);
    expect(first).toMatchObject({ created: 1404, updated: 0, unchanged: 0, rejected: [] });
    const records = await bring(cve);
    expect(records).toMatchObject({ created: 3251 - 251, updated: 251, unchanged: 0, rejected: [] });
    const mapped = await bring(mappings);
    expect(mapped.rejected).toEqual([]);
    expect(await bring(kev)).toMatchObject({ created: 0, updated: 0, unchanged: 1404 });
    expect(await bring(cve)).toMatchObject({ created: 0, updated: 0, unchanged: 3251 });
    // The techniques that the first import put in by name stand now, and are not given again.
    expect(await bring(mappings)).toMatchObject({ created: 0, updated: 0 });

    const object = async (name: string) => (await knowledge.getEntity({ id: vulnerabilityId(name) })).object as Record<string, unknown>;
    const united = await object('CVE-2024-0769');
    expect(Object.keys(united)).toEqual(expect.arrayContaining(['x_redoubt_kev', 'x_redoubt_cve']));

    // Undone, a source takes its own words alone, the oldest as well as the newest.
    const { action } = (await knowledge.listImports()).filter((one) => one.format === 'kev' && one.action !== undefined).at(-1) ?? {};
    await knowledge.undo({ action: action as string });
    const without = await object('CVE-2024-0769');
    expect(Object.keys(without)).not.toContain('x_redoubt_kev');
    expect(without['x_redoubt_cve']).toEqual(united['x_redoubt_cve']);
  },
  300_000,
);
