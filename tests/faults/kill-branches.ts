import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { keptCounts, realCounts } from '../fixtures/kept-counts.ts';
import { type BranchesLife, objects, stateOf } from './branches-lines.ts';
import { bundleOf } from './bundles.ts';
import type { CopiesLine } from './copies-lines.ts';
import type { Kind } from './kill-kinds.ts';
import { live } from './kill-run.ts';
import { malware } from './objects.ts';
import { importFiles, openRaw, openWorld } from './world.ts';

/*
 * Kills of engines at work on branches: made, edited, reviewed, merged, taken back, discarded, with
 * bulk edits and renamed tags. All lives of one seed take the same steps, so what must stand after
 * each is read from a life that nobody disturbed: after n acknowledgements the n-th state, or the
 * one after it where a step was under way. Nothing in between.
 */
export const branchesKind =
  (seed: number) =>
  async (folder: string): Promise<Kind> => {
    const fresh = join(folder, 'branches');
    const world = await openWorld(fresh);
    await importFiles(world.client, [
      { name: 'base.json', bytes: bundleOf(Array.from({ length: objects }, (_, n) => malware(n, { description: `base ${n}` }))) },
    ]);
    const states = [await stateOf(world.client)];
    await world.close();

    const laid = (name: string, measure: boolean) => {
      const dataDir = join(folder, name);
      cpSync(fresh, dataDir, { recursive: true });
      const life: BranchesLife = { seed, dataDir, measure };
      return { life, clean: () => rmSync(dataDir, { recursive: true, force: true }) };
    };
    const measured = laid('measured', true);
    const timeline = await live('branches-child.ts', measured.life, undefined);
    if (timeline.code !== 0) throw new Error(`an undisturbed life on branches ended badly: ${timeline.stderr}`);
    for (const { line } of timeline.lines) if ('ack' in line) states.push((line as unknown as { ack: string[] }).ack[1] as string);
    measured.clean();

    return {
      name: 'branches',
      script: 'branches-child.ts',
      prepare: (_into, number) => laid(`branches-${number}`, false),
      async examine(given, lines) {
        const { dataDir } = given as BranchesLife;
        return examineBranches(dataDir, lines, states);
      },
    };
  };

async function examineBranches(dataDir: string, lines: readonly CopiesLine[], states: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  const acknowledged = lines.filter((line) => 'ack' in line).length;
  const begun = lines.filter((line) => 'begin' in line).length;
  const right = states.slice(acknowledged, begun + 1);
  const world = await openWorld(dataDir);
  try {
    while ((await world.client.jobs.list()).some(({ state }) => state === 'running'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const state = await stateOf(world.client);
    if (!right.includes(state)) faults.push(`after ${acknowledged} acknowledgements: ${firstDifference(state, right.at(-1) ?? '')}`);
    const { problems } = await world.client.admin.verifyAudit();
    faults.push(...problems);
    // It goes on from there: the branches that are open take an edit.
    for (const { id } of (await world.client.knowledge.listBranches({ states: ['open'], limit: 50, offset: 0 })).rows)
      await world.client.knowledge.addTag({ id: 'malware--00000005-0000-4000-8000-000000000000', tag: 'goes on', branch: id });
  } catch (error) {
    faults.push(String(error));
  } finally {
    await world.close();
  }
  faults.push(...world.errors.map((error) => `the engine’s log: ${error}`));
  const raw = await openRaw(dataDir);
  try {
    const check = raw.pragma('integrity_check', { simple: true });
    if (check !== 'ok') faults.push(`integrity_check: ${String(check)}`);
    if (JSON.stringify(keptCounts(raw)) !== JSON.stringify(realCounts(raw))) faults.push('the kept counts are not the real ones');
    if (raw.prepare('SELECT count(*) FROM undo_left').pluck().get() !== 0) faults.push('actions are still to be written anew');
  } finally {
    raw.close();
  }
  return faults;
}

function firstDifference(is: string, should: string): string {
  let at = 0;
  while (at < is.length && is[at] === should[at]) at++;
  return `“…${is.slice(Math.max(0, at - 80), at + 120)}” is not “…${should.slice(Math.max(0, at - 80), at + 120)}”`;
}
