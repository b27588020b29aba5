import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { seeded } from '../bench/generate.ts';
import { type GeneratedBundle, writeBundle } from './bundles.ts';
import { done, exported, importFiles, openRaw, passphrase, startEngine, temporaryFolder } from './world.ts';

/*
 * Bytes flipped and files cut anywhere in a workspace's folder. Each must be told in a sentence or
 * do no harm, proved by the whole content being equal. The third outcome, other content without a
 * word, is the fault that is looked for.
 */

export interface DamageTerms {
  readonly flips: number;
  readonly cuts: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

export interface DamageOutcome {
  /** By file and what became of it: `workspace.db: told`. */
  readonly byFile: Record<string, number>;
  readonly told: number;
  readonly harmless: number;
  readonly faults: readonly string[];
}

export async function damageMany(terms: DamageTerms): Promise<DamageOutcome> {
  const folder = temporaryFolder('damages');
  const random = seeded(terms.seed);
  const byFile: Record<string, number> = {};
  const faults: string[] = [];
  let [told, harmless] = [0, 0];
  try {
    const whole = join(folder.path, 'whole');
    const killed = join(folder.path, 'killed');
    const bundle = writeBundle(join(folder.path, 'bundle.json'), 500, terms.seed);
    await prepare(whole, killed, bundle);
    const right = await contentOf(killed, join(folder.path, 'right'));
    if (typeof right.content !== 'string' || right.said.length > 0)
      throw new Error(`the undamaged workspace says: ${right.said.join(' ')}`);
    const files = filesIn(killed);
    const total = files.reduce((sum, { size }) => sum + Math.sqrt(size), 0);
    for (let round = 0; round < terms.flips + terms.cuts; round++) {
      // By the root of its size: small files get their share too.
      let at = random() * total;
      const file = files.find(({ size }) => (at -= Math.sqrt(size)) <= 0) ?? (files[0] as (typeof files)[number]);
      const place = Math.floor(random() * file.size);
      const dir = join(folder.path, 'damaged');
      rmSync(dir, { recursive: true, force: true });
      cpSync(killed, dir, { recursive: true });
      const path = join(dir, file.name);
      const cut = round >= terms.flips;
      if (cut) truncateSync(path, place);
      else {
        const bytes = readFileSync(path);
        bytes[place] = (bytes[place] as number) ^ (1 << Math.floor(random() * 8));
        writeFileSync(path, bytes);
      }
      const kind = file.name.startsWith('backups/') ? `backups/…/${file.name.split('/').at(-1)}` : file.name;
      const what = `${cut ? 'cut' : 'flip'} ${file.name} at ${place} of ${file.size}`;
      let outcome: 'told' | 'harmless' | 'FAULT';
      try {
        const seen = await contentOf(dir, undefined);
        if (seen.errors.length > 0) faults.push(`${what}: the engine’s log has ${seen.errors.join(' ').slice(0, 500)}`);
        outcome = seen.said.length > 0 ? 'told' : seen.content === right.content ? 'harmless' : 'FAULT';
        if (outcome === 'FAULT') faults.push(`${what}: other content without a word`);
        terms.tell?.(`${round + 1}/${terms.flips + terms.cuts} ${what}: ${outcome} ${seen.said.join(' ').slice(0, 160)}`);
      } catch (error) {
        outcome = 'FAULT';
        faults.push(`${what}: ${String(error)}`);
      }
      const key = `${cut ? 'cut' : 'flip'} ${kind}: ${outcome}`;
      byFile[key] = (byFile[key] ?? 0) + 1;
      if (outcome === 'told') told++;
      else if (outcome === 'harmless') harmless++;
    }
    return { byFile, told, harmless, faults };
  } finally {
    folder.remove();
  }
}

/** A workspace with two copies, and one that was killed with changes in the write-ahead log only. */
async function prepare(whole: string, killed: string, bundle: GeneratedBundle): Promise<void> {
  const world = startEngine(whole);
  await world.client.admin.createWorkspace({ passphrase });
  await importFiles(world.client, [bundle.path]);
  await done(world.client, world.client.admin.createBackup());
  await world.client.admin.setBackupSettings({ ...(await world.client.admin.listBackups()).settings, keepDaily: 9 });
  const nodes = bundle.ids.filter((id) => !id.startsWith('relationship--'));
  await world.client.knowledge.addTag({ id: nodes[0] as string, tag: 'kept' });
  await done(world.client, world.client.admin.createBackup());
  await world.client.admin.lock();
  await world.client.admin.unlock({ passphrase });
  for (const [index, id] of nodes.slice(0, 40).entries())
    await world.client.knowledge.setProperty({ id, property: 'description', value: `late ${index}` });
  // As a kill leaves it: the log beside the database is not folded in.
  cpSync(whole, killed, { recursive: true, filter: (path) => !path.endsWith('.sock') && !path.endsWith('-shm') });
  await world.close();
  if (statSync(join(killed, 'workspace.db-wal')).size < 40_000) throw new Error('nothing is in the write-ahead log');
}

function filesIn(dir: string): { name: string; size: number }[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .map((name) => ({ name, size: statSync(join(dir, name)).size }))
    .filter(({ name, size }) => size > 0 && !/\.lock$|engine\.log$/.test(name));
}

/** All a person can read of it, and every sentence they are told on the way. */
async function contentOf(
  dir: string,
  scratch: string | undefined,
): Promise<{ content: string | undefined; said: string[]; errors: readonly string[] }> {
  const place = scratch ?? dir;
  if (scratch) cpSync(dir, scratch, { recursive: true });
  const said: string[] = [];
  const note = (error: unknown) => void said.push(error instanceof Error ? error.message : String(error));
  const world = startEngine(place);
  let content: string | undefined;
  try {
    const { admin, knowledge } = world.client;
    const before = await admin.getWorkspace();
    if (before.damage) said.push(before.damage.what);
    const opened = await admin.unlock({ passphrase }).then(
      (state) => state,
      (error: unknown) => void note(error),
    );
    if (opened?.notice !== undefined) said.push(opened.notice);
    const copies = await admin.listBackups();
    if (copies.problem !== undefined) said.push(copies.problem);
    for (const copy of copies.backups) if (copy.state !== 'verified') said.push(copy.problem ?? 'a copy failed');
    if (!opened) {
      const { state, damage } = await admin.getWorkspace();
      if (state === 'damaged' && damage?.canRestore === true && damage.backup === undefined && existsSync(join(place, 'backups')))
        throw new Error('a damaged workspace offers none of its copies');
      return { content, said, errors: world.errors };
    }
    await admin.verifyAudit().then(({ problems }) => said.push(...problems), note);
    content = await exported(world.client).then(
      (objects) => objects.join('\n'),
      (error: unknown) => void note(error),
    );
    const { rows } = await knowledge.listHistory({ limit: 500 }).catch((error: unknown) => (note(error), { rows: [] }));
    content = content && `${content}\n${JSON.stringify(rows)}`;
    for (const { backupId } of copies.backups)
      if (said.length === 0) await done(world.client, admin.verifyBackup({ backupId })).catch(note);
  } finally {
    await world.close();
  }
  if (said.length === 0) {
    const raw = await openRaw(place);
    if (raw.pragma('integrity_check', { simple: true }) !== 'ok') said.push('integrity_check');
    raw.close();
  }
  return { content, said, errors: world.errors };
}
