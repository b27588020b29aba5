import { readFileSync, writeSync } from 'node:fs';
import { seeded } from '../bench/generate.ts';
import type { Line, Life } from './kill-lines.ts';
import { ended, openWorld, preview } from './world.ts';

/*
 * One life of an engine: imports and edits, each announced before it begins and after it was
 * acknowledged. Run by `kills.ts`, which kills it somewhere on the way.
 */
const life = JSON.parse(process.argv[2] as string) as Life;
const random = seeded(life.seed);
const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;

const say = (line: Line) => void writeSync(1, `${JSON.stringify(line)}\n`);

const world = await openWorld(life.dataDir);
const { client } = world;
say({ phase: 'open' });

const idsOf = (path: string) =>
  (JSON.parse(readFileSync(path, 'utf8')) as { objects: { id: string }[] }).objects
    .map(({ id }) => id)
    .filter((id) => !id.startsWith('relationship--'));
const base = idsOf(life.base);
/** Objects that may go: no other edit touches them. */
const doomed = base.slice(-60);
const kept = base.slice(0, -60);
let editable = kept;

/** Announces, does, acknowledges. The facts are what must hold once `work` is through. */
async function command(facts: Record<string, string | boolean | null>, work: () => Promise<unknown>): Promise<void> {
  say({ begin: Object.keys(facts) });
  await work();
  say({ ack: facts });
}

let last: { before: Record<string, string | boolean | null>; after: Record<string, string | boolean | null> } | undefined;
let count = 0;

async function edit(kind: 'tag' | 'set' | 'note' | 'relate' | 'delete'): Promise<void> {
  const unique = `${life.seed}-${count++}`;
  const id = pick(editable);
  const set = async (key: string, before: string | boolean | null, after: string | boolean, work: () => Promise<unknown>) => {
    await command({ [key]: after }, work);
    last = { before: { [key]: before }, after: { [key]: after } };
  };
  if (kind === 'tag') await set(`tag|${id}|t${unique}`, false, true, () => client.knowledge.addTag({ id, tag: `t${unique}` }));
  else if (kind === 'set') {
    const { object } = await client.knowledge.getEntity({ id });
    const before = typeof object['description'] === 'string' ? object['description'] : null;
    await set(`description|${id}`, before, `set ${unique}`, () =>
      client.knowledge.setProperty({ id, property: 'description', value: `set ${unique}` }),
    );
  } else if (kind === 'note') await set(`note|n${unique}`, false, true, () => client.knowledge.addNote({ id, content: `n${unique}` }));
  else if (kind === 'relate') {
    const target = pick(kept);
    await set(`relate|r${unique}`, false, true, () =>
      client.knowledge.createRelationship({ source: id, relationshipType: 'related-to', target, description: `r${unique}` }),
    );
  } else {
    const gone = doomed[Math.floor(random() * doomed.length)] as string;
    if (deleted.has(gone)) return;
    deleted.add(gone);
    await set(`delete|${gone}`, false, true, () => client.knowledge.deleteObject({ id: gone }));
  }
}
const deleted = new Set<string>(life.gone);

async function undoAndRedo(): Promise<void> {
  if (!last) return;
  const { before, after } = last;
  const { rows } = await client.knowledge.listHistory({ limit: 1 });
  const action = rows[0]?.action as string;
  await command(before, () => client.knowledge.undo({ action }));
  if (random() < 0.5) await command(after, () => client.knowledge.redo({ action }));
  else if (Object.keys(before).some((key) => key.startsWith('delete|')))
    for (const key of Object.keys(before)) deleted.delete(key.slice(7));
  last = undefined;
}

async function edits(rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const kind of ['tag', 'set', 'note', 'relate', 'delete'] as const) await edit(kind);
    await undoAndRedo();
  }
}

/** Undoes the large import, and mostly redoes it, before anything of it was edited. Whether it stands in the end. */
async function takeBackBundle(): Promise<boolean> {
  const key = `import|${life.bundle}`;
  const action = await actionOf(life.bundle);
  await command({ [key]: false }, () => client.knowledge.undo({ action }));
  if (random() < 0.3) return false;
  await command({ [key]: true }, () => client.knowledge.redo({ action }));
  return true;
}

async function actionOf(path: string): Promise<string> {
  const { rows } = await client.knowledge.listHistory({ limit: 500 });
  const action = rows.find(({ what, undone }) => !undone && what.includes(path.split('/').at(-1) as string))?.action;
  if (action === undefined) throw new Error('the import is not in the history');
  return action;
}

async function startImport(path: string): Promise<string> {
  const { previewId } = await preview(client, [path]);
  say({ phase: `previewed ${path === life.bundle ? 'bundle' : 'other'}` });
  return (await client.knowledge.runImport({ previewId })).jobId;
}

await edits(1);
say({ phase: 'import' });
{
  const facts = { [`import|${life.bundle}`]: true };
  await command(facts, async () => {
    const jobId = await startImport(life.bundle);
    const over = ended(client, jobId);
    let through = false;
    void over.then(() => (through = true));
    // Edits in between commit what the import has written so far.
    if (life.seed % 2 === 0) while (!through) await edit(pick(['tag', 'set', 'note'] as const));
    const job = await over;
    if (job.state !== 'done') throw new Error(`import: ${job.state} ${job.failure ?? ''}`);
  });
}
last = undefined;
say({ phase: 'undo' });
if (await takeBackBundle()) editable = [...kept, ...idsOf(life.bundle)];
say({ phase: 'edit' });
await edits(3);
say({ phase: 'cancel' });
{
  const facts = { [`import|${life.other}`]: false };
  await command(facts, async () => {
    const jobId = await startImport(life.other);
    await edit('tag');
    await edit('tag');
    await client.jobs.cancel({ jobId });
    const job = await ended(client, jobId);
    if (job.state === 'done') {
      await client.knowledge.undo({ action: await actionOf(life.other) });
    } else if (job.state !== 'cancelled') throw new Error(`cancel: ${job.state} ${job.failure ?? ''}`);
  });
}
last = undefined;
say({ phase: 'end' });
await edits(1);
say({ phase: 'close' });
await world.close();
say({ phase: 'closed' });
