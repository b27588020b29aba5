import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { seeded } from '../bench/generate.ts';
import { contentOf, savedPassphrase } from '../migrations/saved-content.ts';
import { bundleOf } from './bundles.ts';
import { copiesPassphrase, type CopiesLife, type CopiesLine, tagsOf } from './copies-lines.ts';
import { live, type Point, pointAt } from './kill-run.ts';
import type { KillOutcome } from './kills.ts';
import { malware } from './objects.ts';
import { done, type EngineClient, importFiles, startEngine, temporaryFolder } from './world.ts';

/*
 * Kills of engines that copy, restore, export, import whole workspaces and migrate. What was
 * acknowledged holds; what was asked and not acknowledged is either done or not; nothing is in between.
 */

interface KindTerms {
  readonly kills: number;
  readonly seed: number;
  readonly tell?: ((line: string) => void) | undefined;
}

export interface Kind {
  readonly name: string;
  /** A fresh folder, prepared by copying. */
  prepare(folder: string, number: number): { life: object; clean(): void };
  readonly script: string;
  /** Names what is not as promised. */
  examine(life: object, lines: readonly CopiesLine[], number: number): Promise<string[]>;
}

export async function killKind(kind: (folder: string) => Promise<Kind>, terms: KindTerms): Promise<KillOutcome> {
  const folder = temporaryFolder('kinds');
  const byPhase: Record<string, number> = {};
  const faults: string[] = [];
  let acknowledged = 0;
  try {
    const { name, prepare, script, examine } = await kind(folder.path);
    const random = seeded(terms.seed);
    const trial = prepare(folder.path, terms.kills);
    const timeline = await live(script, trial.life, undefined);
    if (timeline.killed || timeline.code !== 0) throw new Error(`an undisturbed life (${name}) ended badly: ${timeline.stderr}`);
    const first = await examine(
      trial.life,
      timeline.lines.map(({ line }) => line as CopiesLine),
      0,
    );
    if (first.length > 0) throw new Error(`an undisturbed life (${name}) left faults: ${first.join(' ')}`);
    trial.clean();
    const from = (timeline.lines[0]?.at ?? 0) * 0.6;
    const to = timeline.lines.at(-1)?.at ?? 0;
    for (let number = 0; number < terms.kills; number++) {
      const { life, clean } = prepare(folder.path, number);
      const point: Point = pointAt(timeline.lines, from + ((number + random()) / terms.kills) * (to - from));
      const run = await live(script, life, point);
      if (!run.killed) faults.push(`${name} ${number} ended with ${run.code} before its kill: ${run.stderr.slice(-1500)}`);
      const phase = `${name}: ${point.phase}`;
      byPhase[phase] = (byPhase[phase] ?? 0) + 1;
      const lines = run.lines.map(({ line }) => line as CopiesLine);
      acknowledged += lines.filter((line) => 'ack' in line).length;
      const found = await examine(life, lines, number).catch((error: unknown) => [`the check itself failed: ${String(error)}`]);
      for (const fault of found) faults.push(`${name} ${number}, killed in “${point.phase}”: ${fault}`);
      terms.tell?.(
        `${name} ${number + 1}/${terms.kills} killed in “${point.phase}”; ${found.length} faults ${found.join(' | ').slice(0, 800)}`,
      );
      clean();
    }
    return { kills: terms.kills, acknowledged, unfinished: 0, byPhase, faults };
  } finally {
    folder.remove();
  }
}

/** A workspace of a few objects, prepared once. */
async function preparedWorkspace(folder: string): Promise<string> {
  const fresh = join(folder, 'fresh');
  const world = startEngine(fresh);
  await world.client.admin.createWorkspace({ passphrase: copiesPassphrase });
  await importFiles(world.client, [{ name: 'base.json', bytes: bundleOf(Array.from({ length: 60 }, (_, n) => malware(n))) }]);
  await world.close();
  return fresh;
}

function laidOut(fresh: string, folder: string, number: number, seed: number) {
  const dataDir = join(folder, `workspace-${number}`);
  cpSync(fresh, dataDir, { recursive: true });
  const life: CopiesLife = { dataDir, seed: seed * 1000 + number, file: `${dataDir}.redoubt`, elsewhere: `${dataDir}-elsewhere` };
  return {
    life,
    clean() {
      for (const path of [dataDir, life.file, life.elsewhere, `${life.file}.part`]) rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Which sets of tags are right after these lines: each acknowledgement decides, each announcement opens a second way. */
function rightSets(lines: readonly CopiesLine[]): { sets: string[][]; copies: Map<string, readonly string[]>; files: number } {
  let sets: string[][] = [[]];
  const copies = new Map<string, readonly string[]>();
  let files = 0;
  let pending: readonly string[] | undefined;
  for (const line of lines) {
    if ('begin' in line) pending = line.after;
    else if ('ack' in line) {
      sets = [[...line.ack]];
      pending = undefined;
      if (line.copy !== undefined) copies.set(line.copy, line.ack);
      if (line.file) files++;
    }
  }
  if (pending) sets.push([...pending]);
  return { sets, copies, files };
}

async function examineCopies(given: object, lines: readonly CopiesLine[], number: number): Promise<string[]> {
  const life = given as CopiesLife;
  const faults: string[] = [];
  const { sets, copies } = rightSets(lines);
  const world = startEngine(life.dataDir);
  try {
    const { admin } = world.client;
    const { notice, damage } = await admin.unlock({ passphrase: copiesPassphrase });
    if (notice !== undefined) faults.push(`the opening says: ${notice}`);
    if (damage !== undefined) faults.push(`damage: ${damage.what}`);
    const tags = await tagsOf(world.client);
    if (!sets.some((set) => set.join() === tags.join()))
      faults.push(`tags ${tags.join()} are none of ${sets.map((set) => `[${set.join()}]`).join(' ')}`);
    const { valid, problems } = await admin.verifyAudit();
    if (!valid) faults.push(`the audit chain: ${problems.join(' ')}`);
    const { backups, folder } = await admin.listBackups();
    for (const [copy] of copies)
      if (!backups.some(({ backupId }) => backupId === copy)) faults.push(`the acknowledged copy ${copy} is gone`);
    for (const backup of backups)
      if (backup.state !== 'verified') faults.push(`the copy ${backup.backupId} is ${backup.state}: ${backup.problem ?? ''}`);
    const newest = backups.find(({ backupId }) => copies.has(backupId));
    // Restoring costs five processes; every third time tells as much.
    if (newest && number % 3 === 0) {
      await done(world.client, admin.restoreBackup({ backupId: newest.backupId }));
      const restored = await tagsOf(world.client);
      if (restored.join() !== copies.get(newest.backupId)?.join()) faults.push(`the copy ${newest.backupId} restores ${restored.join()}`);
    }
    const rubbish = [...readdirSync(life.dataDir), ...(existsSync(folder) ? readdirSync(folder) : [])].filter((name) =>
      /incoming|swap\.json|damaged|replaced/.test(name),
    );
    if (rubbish.length > 0) faults.push(`left lying: ${rubbish.join()}`);
    const { settled } = await settle(world.client);
    if (!settled) faults.push('a job goes on without end');
  } catch (error) {
    faults.push(String(error));
  } finally {
    await world.close();
  }
  return [...faults, ...world.errors.map((error) => `the engine’s log: ${error}`)];
}

async function settle(client: EngineClient) {
  for (let wait = 0; wait < 100; wait++) {
    if (!(await client.jobs.list()).some(({ state }) => state === 'running')) return { settled: true };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { settled: false };
}

export const copiesKind =
  (seed: number) =>
  async (folder: string): Promise<Kind> => {
    const fresh = await preparedWorkspace(folder);
    return {
      name: 'copies',
      script: 'copies-child.ts',
      prepare: (into, number) => laidOut(fresh, into, number, seed),
      examine: examineCopies,
    };
  };

export const filesKind =
  (seed: number) =>
  async (folder: string): Promise<Kind> => {
    const fresh = await preparedWorkspace(folder);
    return {
      name: 'files',
      script: 'files-child.ts',
      prepare: (into, number) => laidOut(fresh, into, number, seed),
      async examine(given, lines, number) {
        const life = given as CopiesLife;
        const faults = await examineCopies(given, lines, number);
        const { files } = rightSets(lines);
        const world = startEngine(life.dataDir);
        try {
          await world.client.admin.unlock({ passphrase: copiesPassphrase });
          if (existsSync(life.file))
            await done(
              world.client,
              world.client.admin.inspectWorkspaceFile({ source: { path: life.file }, passphrase: copiesPassphrase }),
            );
          else if (files > 0) faults.push('the acknowledged workspace file is gone');
        } catch (error) {
          faults.push(`the workspace file: ${String(error)}`);
        } finally {
          await world.close();
        }
        const other = startEngine(life.elsewhere);
        try {
          const { state } = await other.client.admin.getWorkspace();
          const acknowledged = files > 1;
          if (state === 'none') {
            if (acknowledged) faults.push('the acknowledged workspace elsewhere is not there');
          } else {
            await other.client.admin.unlock({ passphrase: copiesPassphrase });
            const { valid } = await other.client.admin.verifyAudit();
            if (!valid || (await tagsOf(other.client)).length === 0) faults.push('the workspace elsewhere is not whole');
          }
        } catch (error) {
          faults.push(`elsewhere: ${String(error)}`);
        } finally {
          await other.close();
        }
        return faults;
      },
    };
  };

const saved = join(import.meta.dirname, '..', 'migrations', 'saved', 'release-0.1');

export const migrationsKind =
  () =>
  async (folder: string): Promise<Kind> => {
    // What an opening without a kill gives; that this is what was saved is the saved workspaces' own test.
    const scratch = join(folder, 'undisturbed');
    cpSync(saved, scratch, { recursive: true });
    const undisturbed = startEngine(scratch);
    await undisturbed.client.admin.unlock({ passphrase: savedPassphrase });
    const content = await contentOf(undisturbed.client);
    await undisturbed.close();
    return {
      name: 'migrations',
      script: 'migration-child.ts',
      prepare(into, number) {
        const dataDir = join(into, `saved-${number}`);
        cpSync(saved, dataDir, { recursive: true });
        return { life: { dataDir }, clean: () => rmSync(dataDir, { recursive: true, force: true }) };
      },
      async examine(given) {
        const { dataDir } = given as { dataDir: string };
        const faults: string[] = [];
        const world = startEngine(dataDir);
        try {
          const { notice } = await world.client.admin.unlock({ passphrase: savedPassphrase });
          if (notice !== undefined) faults.push(notice);
          const now = await contentOf(world.client);
          for (const part of Object.keys(content) as (keyof typeof content)[])
            if (!isDeepStrictEqual(now[part], content[part])) faults.push(`${String(part)} is not as it was saved`);
          const { problems } = await world.client.admin.verifyAudit();
          faults.push(...problems);
          const { backups } = await world.client.admin.listBackups();
          for (const { state, problem } of backups)
            if (state !== 'verified') faults.push(`a copy before the migration is ${state}: ${problem ?? ''}`);
        } catch (error) {
          faults.push(String(error));
        } finally {
          await world.close();
        }
        return [...faults, ...world.errors];
      },
    };
  };
