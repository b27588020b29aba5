import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round, say, spread } from './measure.ts';
import { type Ran, redoubt, root } from './processes.ts';

const bundle = join(root, '..', 'shared', 'data', 'attack', 'enterprise-attack-18.1.stix21.derived.json.gz');

/** The official Enterprise ATT&CK bundle through the command line, from process start to its end, preview included. */
export async function benchAttack({ rounds = 3 } = {}): Promise<Record<string, unknown>> {
  if (!existsSync(bundle)) return { skipped: 'no shared data: enterprise-attack-18.1.stix21.derived.json.gz' };
  const runs: Ran[] = [];
  let fileMiB = 0;
  let objects = 0;
  for (let turn = 0; turn < rounds; turn++) {
    const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
    try {
      const workspace = ['--workspace', join(folder, 'workspace')];
      await redoubt(['init', ...workspace]);
      const run = await redoubt(['import', bundle, '--json', ...workspace], [0, 3]);
      runs.push(run);
      objects = (JSON.parse(run.output) as { created: number }[])[0]?.created ?? 0;
      fileMiB = statSync(join(folder, 'workspace', 'workspace.db')).size / 2 ** 20;
      say(
        `  ${turn + 1}/${rounds} ${round(run.wallMs / 1000)} s, largest ${round(run.largestMiB)} MiB, together ${round(run.togetherMiB)} MiB`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const over = (figure: (run: Ran) => number) => spread(runs.map(figure));
  return {
    objects,
    wallSeconds: over(({ wallMs }) => wallMs / 1000),
    cpuSeconds: over(({ cpuMs }) => cpuMs / 1000),
    largestProcessMiB: over(({ largestMiB }) => largestMiB),
    allProcessesMiB: over(({ togetherMiB }) => togetherMiB),
    fileMiB: round(fileMiB),
    targets: { wallSeconds: 15, memoryMiB: 600 },
  };
}
