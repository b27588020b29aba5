import { bundleOf } from './bundles.ts';
import { copiesPassphrase, type CopiesLife, say, watched } from './copies-lines.ts';
import { malware } from './objects.ts';
import { done, importFiles, startEngine } from './world.ts';

/* Edits, an import and a copy while writes fail somewhere. Run by `write-errors.ts` under strace. */
const life = JSON.parse(process.argv[2] as string) as CopiesLife;
const world = startEngine(life.dataDir, (line) => process.stderr.write(`${line}\n`));
const { admin, knowledge } = world.client;
const tags: string[] = [];
const refused: string[] = [];
const attempt = async (name: string, work: () => Promise<unknown>, after?: string) => {
  say({ begin: name, after: after === undefined ? tags : [...tags, after].sort() });
  try {
    await work();
    if (after !== undefined) tags.push(after);
    tags.sort();
    say({ ack: tags });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    refused.push(message);
    say({ phase: `refused ${code ?? 'unknown'}: ${message}` });
  }
};
await attempt('open', () => admin.unlock({ passphrase: copiesPassphrase }));
for (let n = 0; n < 6; n++) await attempt('tag', () => knowledge.addTag({ id: watched, tag: `w${n}` }), `w${n}`);
await attempt('import', () =>
  importFiles(world.client, [{ name: 'more.json', bytes: bundleOf(Array.from({ length: 400 }, (_, n) => malware(1000 + n))) }]),
);
await attempt('copy', () => done(world.client, admin.createBackup()));
await attempt('settings', async () => admin.setBackupSettings({ ...(await admin.listBackups()).settings, keepDaily: 8 }));
for (let n = 6; n < 9; n++) await attempt('tag', () => knowledge.addTag({ id: watched, tag: `w${n}` }), `w${n}`);
say({ phase: 'close' });
await world.close();
say({ phase: 'closed' });
