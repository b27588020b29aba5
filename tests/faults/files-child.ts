import { copiesPassphrase, type CopiesLife, say, watched } from './copies-lines.ts';
import { done, startEngine } from './world.ts';

/* One life of an engine whose workspace goes out as one file and comes in again. Run by `kill-kinds.ts`. */
const life = JSON.parse(process.argv[2] as string) as CopiesLife;
const world = startEngine(life.dataDir);
const { admin, knowledge } = world.client;
await admin.unlock({ passphrase: copiesPassphrase });
say({ phase: 'open' });
say({ begin: 'tag', after: ['first'] });
await knowledge.addTag({ id: watched, tag: 'first' });
say({ ack: ['first'] });
say({ phase: 'export' });
await done(world.client, admin.exportWorkspace({ passphrase: copiesPassphrase, path: life.file }));
say({ ack: ['first'], file: true });
say({ phase: 'import elsewhere' });
const source = { path: life.file };
await done(world.client, admin.importWorkspace({ source, passphrase: copiesPassphrase, folder: life.elsewhere }));
say({ ack: ['first'], file: true });
say({ begin: 'tag', after: ['first', 'second'] });
await knowledge.addTag({ id: watched, tag: 'second' });
say({ ack: ['first', 'second'] });
say({ phase: 'import in place' });
say({ begin: 'import', after: ['first'] });
await done(world.client, admin.importWorkspace({ source, passphrase: copiesPassphrase }));
say({ ack: ['first'] });
say({ phase: 'close' });
await world.close();
say({ phase: 'closed' });
