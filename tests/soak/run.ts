import { parseArgs } from 'node:util';
import { goTo, startWorld, createWorkspace } from '../e2e/face-world.ts';
import { createActions } from './actions.ts';
import { measure, type Sample } from './measure.ts';

// Thousands of scripted actions over every view of the real face in real Chromium, on the demo and the packs:
//   npm run -s soak -- [--actions 20000] [--seed 1] [--json]
// The promise: the heap after a collection stays within 10 % of what it was after the warm-up, nothing queues up,
// nothing fails. Memory and counts are what it is about, never time.

const { values } = parseArgs({
  options: {
    actions: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const total = Number(values.actions);
/** Views are loaded when first shown, caches fill: what comes after these is compared. */
const warmUp = Math.min(2000, Math.ceil(total / 5));
const samples: Sample[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

const world = await startWorld();
const { page, faults } = await world.open();
await createWorkspace(page, world.address);
await page.getByRole('button', { name: /^Install \d packs?$/ }).click();
await page.getByRole('navigation', { name: 'Views' }).waitFor();
await goTo(page, '#/', /./);
await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor({ timeout: 240_000 });
const cdp = await page.context().newCDPSession(page);
const actions = await createActions(page, Number(values.seed));

try {
  for (let done = 0; done <= total; done++) {
    if (done === warmUp || done === total || (done > warmUp && done % 2000 === 0)) {
      await actions.rest();
      const sample = await measure(page, cdp, world.hostPid, done);
      samples.push(sample);
      say(
        `${String(done).padStart(6)}  heap ${mib(sample.heap)}  nodes ${sample.nodes}  listeners ${sample.listeners}  engine ${mib(sample.engine)}  jobs ${sample.jobs}  faults ${faults.length}`,
      );
    }
    if (done < total) await actions.next();
  }
} finally {
  await world.close();
}

const [first, last] = [samples[0], samples.at(-1)];
if (!first || !last) throw new Error('nothing was measured');
const outcome = {
  actions: total,
  seed: Number(values.seed),
  heapGrowth: last.heap / first.heap,
  nodeGrowth: last.nodes / first.nodes,
  listenerGrowth: last.listeners / first.listeners,
  engineGrowth: last.engine / first.engine,
  runningJobs: last.jobs,
  done: actions.counts(),
  faults,
  samples,
};
if (values.json) console.log(JSON.stringify(outcome, null, 2));
const good = outcome.heapGrowth <= 1.1 && faults.length === 0 && last.jobs === 0;
say(`${good ? 'kept' : 'BROKEN'}: heap ${outcome.heapGrowth.toFixed(3)}x after ${total} actions, ${faults.length} faults`);
process.exitCode = good ? 0 : 1;

function mib(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
