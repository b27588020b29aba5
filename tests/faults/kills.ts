import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../bench/generate.ts';
import { type GeneratedBundle, writeBundle } from './bundles.ts';
import { examine } from './kill-checks.ts';
import type { Fact, Life } from './kill-lines.ts';
import { live, pointAt } from './kill-run.ts';
import { importFiles, openWorld, temporaryFolder } from './world.ts';

export interface KillTerms {
  readonly kills: number;
  /** Objects of a bundle that a life imports; it cancels another of half the size. */
  readonly objects: number;
  /** Kills that one workspace goes through before a fresh one takes its place. */
  readonly livesEach: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

export interface KillOutcome {
  readonly kills: number;
  readonly acknowledged: number;
  readonly unfinished: number;
  readonly byPhase: Record<string, number>;
  /** One sentence for each thing that should not be. */
  readonly faults: readonly string[];
}

/** Kills engines at points spread over their whole life and looks at what they leave behind. */
export async function killMany(terms: KillTerms): Promise<KillOutcome> {
  const folder = temporaryFolder('kills');
  const random = seeded(terms.seed);
  const tell = terms.tell ?? (() => undefined);
  const byPhase: Record<string, number> = {};
  const faults: string[] = [];
  let acknowledged = 0;
  let unfinished = 0;
  try {
    const base = writeBundle(join(folder.path, 'base.json'), 800, terms.seed);
    const fresh = join(folder.path, 'fresh');
    const world = await openWorld(fresh);
    await importFiles(world.client, [base.path]);
    await world.close();

    const lifeOf = (number: number, dataDir: string, gone: readonly string[]) => {
      const seed = terms.seed * 1000 + number;
      const bundle = writeBundle(join(folder.path, `bundle-${number}.json`), terms.objects, seed);
      const other = writeBundle(join(folder.path, `other-${number}.json`), Math.round(terms.objects / 2), seed + 500);
      const life: Life = { seed, dataDir, base: base.path, bundle: bundle.path, other: other.path, gone };
      return { life, bundle, other };
    };

    const scratch = join(folder.path, 'scratch');
    cpSync(fresh, scratch, { recursive: true });
    const timeline = await live('kill-child.ts', lifeOf(terms.kills, scratch, []).life, undefined);
    if (timeline.killed || timeline.code !== 0) throw new Error(`an undisturbed life ended badly: ${timeline.stderr}`);
    rmSync(scratch, { recursive: true, force: true });

    let dataDir = '';
    let facts = new Map<string, Fact>();
    let undecided = new Set<string>();
    let gone: readonly string[] = [];
    let bundles: GeneratedBundle[] = [];
    for (let number = 0; number < terms.kills; number++) {
      if (number % terms.livesEach === 0) {
        if (dataDir) rmSync(dataDir, { recursive: true, force: true });
        dataDir = join(folder.path, `workspace-${number}`);
        cpSync(fresh, dataDir, { recursive: true });
        facts = new Map();
        undecided = new Set();
        gone = [];
        bundles = [base];
      }
      const { life, bundle, other } = lifeOf(number, dataDir, gone);
      // Until shortly before it is open, a life has touched nothing.
      const from = (timeline.lines[0]?.at ?? 0) * 0.7;
      const to = timeline.lines.at(-1)?.at ?? 0;
      const point = pointAt(timeline.lines, from + ((number + random()) / terms.kills) * (to - from));
      const run = await live('kill-child.ts', life, point);
      if (!run.killed) faults.push(`life ${number} ended with ${run.code} before its kill: ${run.stderr.slice(-2000)}`);
      byPhase[point.phase] = (byPhase[point.phase] ?? 0) + 1;
      for (const { line } of run.lines) {
        if ('begin' in line) for (const key of line.begin) undecided.add(key);
        else if ('ack' in line)
          for (const [key, value] of Object.entries(line.ack)) {
            acknowledged++;
            undecided.delete(key);
            facts.set(key, value);
          }
      }
      for (const key of undecided) facts.delete(key);
      bundles.push(bundle, other);
      const seen = await examine({ dataDir, facts, undecided, bundles, resume: [bundle, other] });
      unfinished += seen.unfinished;
      gone = seen.gone;
      for (const fault of seen.faults) faults.push(`life ${number}, killed in “${point.phase}”: ${fault}`);
      tell(
        `${number + 1}/${terms.kills} killed in “${point.phase}” after ${run.lines.length} lines; ${seen.unfinished} unfinished; ${seen.faults.length} faults ${seen.faults.join(' | ').slice(0, 1000)}`,
      );
      for (const { path } of [bundle, other]) {
        // The check has imported both again: what their life said of them no longer holds.
        facts.delete(`import|${path}`);
        rmSync(path, { force: true });
      }
    }
    return { kills: terms.kills, acknowledged, unfinished, byPhase, faults };
  } finally {
    folder.remove();
  }
}
