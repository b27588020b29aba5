import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isOwnType, ownTypes } from '#shared/domain/knowledge/extensions.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { readPack } from '../../src-main/features/intel/packs/read-pack.ts';
import { makeDemoText } from './demo.ts';
import { findings } from './hospital.ts';

const root = join(import.meta.dirname, '../..');
const shipped = readFileSync(join(root, 'resources/demo/hospital.json'), 'utf8');
const { objects } = JSON.parse(shipped) as { objects: StixObject[] };
const kevPath = join(root, '../shared/data/kev/known_exploited_vulnerabilities.json.gz');

describe('the demo hospital', () => {
  it('is what the recipe makes', async () => {
    expect(await makeDemoText(root)).toBe(shipped);
  });

  it('holds a small hospital', () => {
    const counts: Record<string, number> = {};
    for (const { type } of objects) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toMatchObject({ 'x-redoubt-control': 12, 'x-redoubt-log-source': 10, campaign: 1, report: 2, vulnerability: 14 });
    expect(counts['x-redoubt-asset']).toBeGreaterThanOrEqual(60);
    expect(counts['x-redoubt-data-flow']).toBeGreaterThanOrEqual(50);
  });

  it('has each id once, own types as declared, and every reference answered by itself or by ATT&CK', async () => {
    const ids = new Set(objects.map((object) => object.id));
    expect(ids.size).toBe(objects.length);
    expect(objects.flatMap((object) => checkObject(object).errors)).toEqual([]);
    for (const object of objects) if (isOwnType(object.type)) ownTypes[object.type].schema.parse(object);
    const attack = new Set<string>();
    for (const name of ['attack-enterprise', 'attack-ics']) for (const id of await packIds(name)) attack.add(id);
    const references = objects.flatMap((object) =>
      [...JSON.stringify(object).matchAll(/"([a-z0-9-]+--[0-9a-f-]{36})"/g)].map((match) => match[1] ?? ''),
    );
    expect(references.filter((id) => !ids.has(id) && !attack.has(id))).toEqual([]);
    expect(references.some((id) => attack.has(id) && id.startsWith('intrusion-set--'))).toBe(true);
  });

  it.skipIf(!existsSync(kevPath))(`says of KEV what CISA says${existsSync(kevPath) ? '' : ' (skipped: no shared data)'}`, () => {
    const { vulnerabilities } = JSON.parse(gunzipSync(readFileSync(kevPath)).toString('utf8')) as { vulnerabilities: JsonObject[] };
    for (const { cve, kev } of findings) {
      const entry = vulnerabilities.find((candidate) => candidate.cveID === cve);
      const said = entry && { vendor: entry.vendorProject, product: entry.product, added: entry.dateAdded, due: entry.dueDate };
      expect(kev, cve).toEqual(said);
      if (entry) expect(entry.knownRansomwareCampaignUse).toBe('Known');
    }
  });
});

async function packIds(name: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of readPack(readFileSync(join(root, `resources/packs/${name}.json.gz`))))
    for (const item of page) if (item.kind === 'object') ids.push(item.object.id);
  return ids;
}
