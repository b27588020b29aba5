import { seeded } from '../bench/generate.ts';
import { copiesPassphrase, type CopiesLife, say, watched } from './copies-lines.ts';
import { done, startEngine } from './world.ts';

/* One life of an engine that is copied and restored. Run by `kill-kinds.ts`, which kills it somewhere on the way. */
const life = JSON.parse(process.argv[2] as string) as CopiesLife;
const random = seeded(life.seed);
const world = startEngine(life.dataDir);
const { admin, knowledge } = world.client;
await admin.unlock({ passphrase: copiesPassphrase });
say({ phase: 'open' });

let tags: string[] = [];
const copies = new Map<string, string[]>();
const edit = async () => {
  const tag = `t${Math.floor(random() * 1e9)}`;
  const after = [...tags, tag].sort();
  say({ begin: 'tag', after });
  await knowledge.addTag({ id: watched, tag });
  tags = after;
  say({ ack: tags });
};
const copy = async () => {
  await done(world.client, admin.createBackup());
  const [newest] = (await admin.listBackups()).backups;
  if (!newest) throw new Error('no copy');
  copies.set(newest.backupId, tags);
  say({ ack: tags, copy: newest.backupId });
};
const restore = async () => {
  const all = [...copies];
  const [backupId, after] = all[Math.floor(random() * all.length)] as [string, string[]];
  say({ begin: 'restore', after });
  await done(world.client, admin.restoreBackup({ backupId }));
  tags = after;
  say({ ack: tags });
};

await edit();
say({ phase: 'copy' });
await copy();
say({ phase: 'edit' });
await edit();
await edit();
say({ phase: 'restore' });
await restore();
say({ phase: 'edit after' });
await edit();
say({ phase: 'copy again' });
await copy();
await edit();
say({ phase: 'restore again' });
await restore();
await edit();
say({ phase: 'close' });
await world.close();
say({ phase: 'closed' });
