import { existsSync, readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createEngine } from '#main/engine.ts';
import { callers } from '#main/hosts/doors.ts';
import { createNodeHost } from '#main/hosts/node-host.ts';
import { contract, type RedoubtContract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import { keepHeapSmall } from '#main/platform/heap.ts';
import { compiled } from '../../../build/launch/setup.mjs';
import { percentiles, round, say } from '../measure.ts';
import { passphrase, watchMemory } from '../processes.ts';

/*
 * One part of the matching bench in a process of its own: `node matching.ts PART FOLDER [FILE …]`. `import` makes a
 * workspace at FOLDER and imports the files; `match` opens it, computes all matches while somebody reads, and asks for the
 * first screen and the list when they stand. One line of JSON.
 */
enableCompileCache(compiled);
keepHeapSmall();
const [part = '', folder = '', ...files] = process.argv.slice(2);
const errors: string[] = [];
const log = {
  info() {},
  warn: (text: string) => void errors.push(text),
  error: (text: string, error?: unknown) => void errors.push(`${text} ${String(error)}`),
};
const began = performance.now();
const engine = createEngine(createNodeHost({ dataDir: folder, log }));
const [near, far] = memoryChannel();
engine.connect(far, callers.cli);
const client = createClient<RedoubtContract>(contract, near);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const job = async (started: Promise<{ jobId: string }>) => {
  const { jobId } = await started;
  for (;;) {
    const { state, failure } = await client.jobs.get({ jobId });
    if (state === 'done') return jobId;
    if (state !== 'running') throw new Error([failure ?? state, ...errors].join('\n'));
    await pause(100);
  }
};
const peak = (pid: number | 'self') => {
  try {
    return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024);
  } catch {
    return Number.NaN;
  }
};
const timed = async (work: () => Promise<unknown>) => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};
const overview = () => client.intel.getOverview({ since: '2026-01-01T00:00:00.000Z' });
const page = () => client.intel.listMatches({ limit: 100 });

if (part === 'import') {
  if (!existsSync(folder)) await client.admin.createWorkspace({ passphrase });
  const from = performance.now();
  const cpu = process.cpuUsage();
  const preview = await client.knowledge.getImportPreview({
    jobId: await job(client.knowledge.previewImport({ files: files.map((path) => ({ source: { path } })) })),
  });
  await job(client.knowledge.runImport({ previewId: preview.previewId }));
  const { user, system } = process.cpuUsage(cpu);
  const { total } = await client.knowledge.listEntities({ types: ['vulnerability'], limit: 1 });
  console.log(
    JSON.stringify({
      importMs: round(performance.now() - from),
      importCpuMs: round((user + system) / 1000),
      peakMiB: peak('self'),
      vulnerabilities: total,
    }),
  );
} else {
  const cpu = process.cpuUsage();
  await client.admin.unlock({ passphrase });
  const watch = watchMemory(process.pid, 100);
  const firstScreenMs = await timed(overview);
  const sinceStartMs = performance.now() - began;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let done = false;
  const from = performance.now();
  const matching = job(client.intel.refreshMatches()).finally(() => {
    done = true;
  });
  const beside: Record<'overview' | 'page' | 'search', number[]> = { overview: [], page: [], search: [] };
  while (!done) {
    beside.overview.push(await timed(overview));
    beside.page.push(await timed(page));
    beside.search.push(await timed(() => client.knowledge.search({ text: 'gateway flaw', limit: 20 })));
    await pause(1_000);
  }
  await matching;
  delay.disable();
  const wallMs = performance.now() - from;
  const memory = watch.end();
  const { user, system } = process.cpuUsage(cpu);
  const state = await client.intel.getMatchState();
  const after: Record<'overview' | 'page', number[]> = { overview: [], page: [] };
  for (let turn = 0; turn < 15; turn++) {
    after.overview.push(await timed(overview));
    after.page.push(await timed(page));
  }
  const own = (user + system) / 1000;
  console.log(
    JSON.stringify({
      firstScreenMs: round(firstScreenMs),
      fromStartToFirstScreenMs: round(sinceStartMs),
      matchingMs: round(wallMs),
      engineCpuMs: round(own),
      readersCpuMs: round(memory.childrenCpuMs),
      enginePeakMiB: peak('self'),
      largestReaderMiB: round(memory.largestChildMiB),
      togetherMiB: round(memory.togetherMiB),
      eventLoopDelayMs: { p50: round(delay.percentile(50) / 1e6), p99: round(delay.percentile(99) / 1e6), max: round(delay.max / 1e6) },
      found: state.found,
      kept: state.kept,
      besideMs: Object.fromEntries(Object.entries(beside).map(([name, times]) => [name, percentiles(times)])),
      afterMs: Object.fromEntries(Object.entries(after).map(([name, times]) => [name, percentiles(times)])),
    }),
  );
}
await engine.close();
if (errors.length > 0) say(errors.slice(0, 5).join('\n'));
