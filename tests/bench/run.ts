import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAttack } from './attack.ts';
import { benchCommandLine } from './command-line.ts';
import { benchGraph } from './graph.ts';
import { benchIdle } from './idle.ts';
import { benchImport } from './import.ts';
import { benchMatching } from './matching.ts';
import { say } from './measure.ts';
import { benchPaste } from './paste.ts';
import { benchReads } from './reads.ts';
import { benchScale } from './scale.ts';
import { benchStart } from './start.ts';

/*
 * `npm run -s bench -- [--json] [--only NAME …] [--quick]`. With --json standard output holds one document;
 * what it says on the way goes to standard error. `--quick` is a tenth of the data in one round: for
 * trying the benches, not for figures.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  },
});

const small = { nodes: 10_000, relationships: 50_000 };
const benches: Record<string, () => Promise<Record<string, unknown>>> = {
  graph: () => benchGraph(values.quick ? { nodes: 10_000, edges: 50_000, hub: 5_000 } : {}),
  import: () => benchImport(values.quick ? { ...small, rounds: 1 } : {}),
  reads: () => benchReads(values.quick ? small : {}),
  paste: () => benchPaste(values.quick ? { count: 1_000, rounds: 3 } : {}),
  matching: () => benchMatching(values.quick ? { records: 5_000, assets: 200, runs: 4_000 } : {}),
  attack: () => benchAttack({ rounds: values.quick ? 1 : 3 }),
  idle: () => benchIdle(values.quick ? { seconds: 10, settleMs: 10_000 } : {}),
  scale: () => benchScale(values.quick ? { nodes: 100_000, relationships: 500_000, questions: 10, batches: 25_000, singles: 1_000 } : {}),
  start: () => benchStart({ rounds: values.quick ? 1 : 5 }),
  'command-line': () => benchCommandLine({ rounds: values.quick ? 1 : 5 }),
};

const wanted = values.only ?? Object.keys(benches);
const unknown = wanted.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  say(`There is no bench “${unknown}”; there are: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}

const results: Record<string, unknown> = {
  machine: { cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), system: process.platform, node: process.versions.node },
  date: new Date().toISOString().slice(0, 10),
};
let failed = false;
for (const name of wanted) {
  say(`${name} …`);
  try {
    results[name] = await benches[name]?.();
  } catch (error) {
    failed = true;
    say(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
    results[name] = { failed: error instanceof Error ? error.message : String(error) };
  }
  if (!values.json) console.log(`\n${name}\n${lines(results[name]).join('\n')}`);
}
if (values.json) console.log(JSON.stringify(results, null, 2));
process.exitCode = failed ? 1 : 0;

/** A result as lines for people: `ratios.wall  1.62 (1.58–1.71, 3 runs)`. */
function lines(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [`  ${path.padEnd(48)} ${String(value)}`];
  if ('median' in value && 'min' in value && 'max' in value && 'runs' in value)
    return [`  ${path.padEnd(48)} ${value.median} (${value.min}–${value.max}, ${value.runs} runs)`];
  return Object.entries(value).flatMap(([name, one]) => lines(one, path ? `${path}.${name}` : name));
}
