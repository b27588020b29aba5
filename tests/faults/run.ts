import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchesKind } from './kill-branches.ts';
import { copiesKind, filesKind, killKind, migrationsKind } from './kill-kinds.ts';
import { type KillOutcome, killMany } from './kills.ts';

/*
 * The long run: kills over the whole life of an engine. Progress goes to standard error, the
 * result as JSON to standard output; ends with 1 where a promise was broken.
 *   npm run -s faults -- [--kills 100] [--objects 10000] [--seed 7] [--kinds imports,branches,copies,files,migrations]
 * Two fifths of the kills fall on imports and edits, the others on the other kinds; two workers.
 */
const told = (name: string, usual: string): string => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : (process.argv[at + 1] ?? usual);
};

// Every kill starts processes anew: code that is compiled once halves what they cost.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'redoubt-faults-compiled');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

const began = performance.now();
const kills = Number(told('kills', '100'));
const seed = Number(told('seed', '7'));
const kinds = told('kinds', 'imports,branches,copies,files,migrations').split(',');
const tell = (line: string) => process.stderr.write(`${line}\n`);
const shares: Record<string, number> = { imports: 0.4, branches: 0.2, copies: 0.2, files: 0.1, migrations: 0.1 };
const whole = kinds.reduce((sum, kind) => sum + (shares[kind] ?? 0), 0);
const shareOf = (kind: string) => Math.max(1, Math.round((kills * (shares[kind] ?? 0)) / whole));

/** Each kind in two halves, so that two workers are busy to the end. */
const work: { kind: string; run: () => Promise<KillOutcome> }[] = kinds.flatMap((kind) =>
  [0, 1].flatMap((half) => {
    const count = Math.floor(shareOf(kind) / 2) + (half < shareOf(kind) % 2 ? 1 : 0);
    const itsSeed = seed + half * 50;
    if (count === 0) return [];
    const run = (): Promise<KillOutcome> => {
      if (kind === 'imports')
        return killMany({ kills: count, objects: Number(told('objects', '10000')), livesEach: 5, seed: itsSeed, tell });
      const made = {
        branches: branchesKind(itsSeed),
        copies: copiesKind(itsSeed),
        files: filesKind(itsSeed),
        migrations: migrationsKind(),
      }[kind];
      if (!made) throw new Error(`no kind is called ${kind}`);
      return killKind(made, { kills: count, seed: itsSeed, tell });
    };
    return [{ kind, run }];
  }),
);

const results: { kind: string; outcome: KillOutcome; seconds: number }[] = [];
const worker = async () => {
  for (let next = work.shift(); next; next = work.shift()) {
    const start = performance.now();
    const outcome = await next.run();
    results.push({ kind: next.kind, outcome, seconds: Math.round((performance.now() - start) / 1000) });
  }
};
await Promise.all([worker(), worker()]);
const faults = results.flatMap(({ outcome }) => outcome.faults);
const sum = (of: (outcome: KillOutcome) => number) => results.reduce((total, { outcome }) => total + of(outcome), 0);
const seconds = Math.round((performance.now() - began) / 1000);
const total = { kills: sum((one) => one.kills), acknowledged: sum((one) => one.acknowledged), unfinished: sum((one) => one.unfinished) };
process.stdout.write(`${JSON.stringify({ ...total, seconds, kinds: results, faults }, null, 2)}\n`);
process.stderr.write(
  `${total.kills} kills, ${total.acknowledged} acknowledged changes, ${total.unfinished} imports found unfinished and resumed, ${faults.length} faults, ${seconds} s\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
