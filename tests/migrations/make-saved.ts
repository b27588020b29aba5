import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAdminStore } from '#main/features/admin/index.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { readKeyring, unwrapByPassphrase } from '#main/platform/secrets/keyring.ts';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId, relationship, uuidOf } from '../faults/objects.ts';
import { importFiles, startEngine } from '../faults/world.ts';
import { contentOf, savedPassphrase } from './saved-content.ts';

/*
 * The recipe of a saved workspace: node tests/migrations/make-saved.ts release-0.1
 * Made once for each release, before its schema is frozen; never made anew for a release that is out.
 */
const release = process.argv[2];
if (!release || !/^release-\d+\.\d+$/.test(release)) throw new Error('name the release: release-0.1');
const folder = join(import.meta.dirname, 'saved', release);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
process.env['USER'] = 'analyst';

const T = '2026-01-01T00:00:00.000Z';
const base = { spec_version: '2.1', created: T, modified: T };
const asset = {
  ...base,
  type: 'x-redoubt-asset',
  id: `x-redoubt-asset--${uuidOf(30)}`,
  name: 'ward server',
  object_marking_refs: ['marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb'],
};
const tool = {
  ...base,
  type: 'tool',
  id: `tool--${uuidOf(20)}`,
  name: 'saved tool',
  created: '2026-01-01T00:00:00.000001Z',
  modified: '2026-01-01T00:00:00.000002Z',
};
const address = { type: 'ipv4-addr', spec_version: '2.1', id: `ipv4-addr--${uuidOf(31)}`, value: '198.51.100.7' };

const world = startEngine(folder);
const { knowledge, admin } = world.client;
await admin.createWorkspace({ passphrase: savedPassphrase });
await importFiles(world.client, [
  {
    name: 'first.json',
    bytes: bundleOf([
      ...Array.from({ length: 6 }, (_, n) => malware(n + 1, { aliases: [`alias ${n + 1}`], description: `first words on ${n + 1}` })),
      tool,
      asset,
      address,
      relationship(1, 'uses', malwareId(1), tool.id),
      relationship(2, 'variant-of', malwareId(2), malwareId(1), { description: 'two of one' }),
      relationship(3, 'variant-of', malwareId(3), malwareId(999)),
      { type: 'malware', id: malwareId(50), spec_version: '2.1' },
    ]),
  },
]);
await importFiles(world.client, [
  {
    name: 'second.json',
    bytes: bundleOf([
      malware(1, { name: 'second version of one', modified: '2026-02-01T00:00:00.000Z', x_own: { deep: [1, 2.5, 'three', null] } }),
      malware(4, { revoked: true, modified: '2026-02-01T00:00:00.000Z' }),
      malware(2, { aliases: ['alias 2'], description: 'first words on 2' }),
    ]),
  },
]);
await knowledge.setProperty({ id: malwareId(2), property: 'description', value: 'edited by hand' });
await knowledge.setProperty({ id: malwareId(3), property: 'name', value: 'a name that was taken back' });
await knowledge.undo({});
await knowledge.addTag({ id: malwareId(1), tag: 'hospital' });
await knowledge.addTag({ id: malwareId(1), tag: 'gone' });
await knowledge.removeTag({ id: malwareId(1), tag: 'gone' });
await knowledge.addNote({ id: malwareId(1), content: 'seen on the ward server' });
await knowledge.createRelationship({ source: malwareId(5), relationshipType: 'related-to', target: asset.id, description: 'by hand' });
await knowledge.deleteObject({ id: malwareId(6) });
await knowledge.undo({});
await knowledge.deleteObject({ id: `relationship--${uuidOf(2)}` });
await admin.allowHost({ host: 'feeds.example', purpose: 'feed' });
await world.close();

const keyring = readKeyring(join(folder, 'keys.json'));
if (!keyring) throw new Error('no keyring');
const database = openDatabase(join(folder, 'workspace.db'), await unwrapByPassphrase(keyring, savedPassphrase));
createAdminStore(database).append({
  at: '2026-01-02T03:04:05.000Z',
  host: 'refused.example',
  port: 443,
  method: 'GET',
  path: '/',
  purpose: 'none',
  outcome: 'refused',
  bytesOut: 0,
  bytesIn: 0,
  reason: 'The network is off.',
});
database.close();

const again = startEngine(folder);
await again.client.admin.unlock({ passphrase: savedPassphrase });
const content = await contentOf(again.client);
await again.close();
writeFileSync(join(folder, 'content.json'), `${JSON.stringify(content, null, 1)}\n`);
for (const name of readdirSync(folder)) if (!['keys.json', 'workspace.db', 'content.json'].includes(name)) rmSync(join(folder, name));
if (existsSync(join(folder, 'workspace.db-wal'))) throw new Error('the write-ahead log was not folded in');
