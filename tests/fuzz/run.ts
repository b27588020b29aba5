import { fork } from 'node:child_process';
import { once } from 'node:events';
import { formats } from '#main/features/knowledge/formats/index.ts';
import { type Badness, badness } from './bad-files.ts';
import { createBadFilesReader } from './bad-files-reader.ts';
import { fuzzFormat, type FuzzOutcome, seedsOf } from './fuzz-format.ts';
import { fuzzText, textTargets } from './fuzz-text.ts';

/*
 * The long run: every format and every parser of short texts (paste, cpe, versions, purl, pattern), or those named, each in a process of its own with a watchdog, so that an input
 * that hangs is named and ends nothing but itself. Results as JSON to standard output; ends with 1 at a fault.
 *   npm run -s fuzz -- [--runs 10000] [--only cve,d3fend] [--seed 20261124]
 * With `--bad`, the kinds of bad file of bad-files.ts instead, each with a line of 200 MiB and 40 places a file:
 *   npm run -s fuzz -- --bad [--only cve,d3fend] [--kind 'one line without end']
 */
const told = (name: string): string | undefined => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
};
const runs = Number(told('runs') ?? 10_000);
const seed = Number(told('seed') ?? 20_261_124);
/** Without a heartbeat for so long a process hangs. */
const HANGS_MS = 60_000;

const one = told('format');
if (process.argv.includes('--bad')) await runBad();
else if (one === undefined) await runAll();
else await runOne(one);

async function runOne(id: string): Promise<void> {
  const format = formats.find((known) => known.id === id);
  const options = { seed, onRun: (run: number) => void process.send?.({ run }) };
  const outcome = format ? await fuzzFormat(format, await seedsOf(id), runs, options) : await fuzzText(id, runs, options);
  process.send?.({ outcome, rss: process.resourceUsage().maxRSS });
  process.disconnect?.();
}

async function runAll(): Promise<void> {
  const only = told('only')?.split(',');
  const results: Record<string, unknown> = {};
  let faults = 0;
  for (const id of [...formats.map((format) => format.id), ...Object.keys(textTargets)].filter((id) => !only || only.includes(id))) {
    const result = await inOwnProcess(id);
    faults += result.faults.length;
    results[id] = result;
    process.stderr.write(`${id}: ${result.runs} inputs, ${result.refused} refused, ${result.faults.length} faults, ${result.seconds} s\n`);
  }
  process.stdout.write(`${JSON.stringify({ seed, runs, results }, null, 2)}\n`);
  process.exitCode = faults === 0 ? 0 : 1;
}

/** One process for each kind and format, so that the highest resident memory is that kind's own. */
async function runBad(): Promise<void> {
  const [only, kind] = [told('only')?.split(','), told('kind')];
  let faults = 0;
  for (const bad of (Object.keys(badness) as Badness[]).filter((known) => kind === undefined || known === kind))
    for (const { id } of formats.filter(({ id }) => !only || only.includes(id))) {
      const reader = createBadFilesReader(2048);
      const outcome = await reader.ask({ format: id, bad, extent: { places: 40, long: Number(told('long') ?? 200) } });
      reader.close();
      faults += outcome.faults.length;
      process.stdout.write(`${JSON.stringify({ format: id, bad, ...outcome })}\n`);
    }
  process.exitCode = faults === 0 ? 0 : 1;
}

function inOwnProcess(id: string): Promise<FuzzOutcome & { seconds: number; peakMb: number }> {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = fork(import.meta.filename, ['--format', id, '--runs', String(runs), '--seed', String(seed)]);
    let last = 0;
    let done: (FuzzOutcome & { peakMb: number }) | undefined;
    let hung = false;
    const dog = () => {
      hung = true;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(dog, HANGS_MS);
    child.on('message', (message: { run?: number; outcome?: FuzzOutcome; rss?: number }) => {
      clearTimeout(timer);
      timer = setTimeout(dog, HANGS_MS);
      if (message.run !== undefined) last = message.run;
      if (message.outcome) done = { ...message.outcome, peakMb: Math.round((message.rss ?? 0) / 1024) };
    });
    // What it said last may come after its end, but before its channel is closed.
    const heard = once(child, 'disconnect');
    const end = (code: number | null) => {
      clearTimeout(timer);
      const seconds = Math.round((performance.now() - began) / 1000);
      const what = hung ? `hangs for more than ${HANGS_MS / 1000} s` : `the process ended with ${code}`;
      const lost = { runs: last, objects: 0, refused: 0, slowest: 0, peakMb: 0, faults: [{ format: id, seed, run: last, what }] };
      resolve({ ...(done ?? lost), seconds });
    };
    child.on('exit', (code) => {
      clearTimeout(timer);
      void heard.then(() => end(code));
    });
  });
}
