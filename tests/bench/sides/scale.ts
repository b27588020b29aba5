import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateGraph } from '../generate.ts';

/*
 * One part of the scale bench in a process of its own: `node scale.ts PART FOLDER NODES RELATIONSHIPS`.
 * `import` fills a workspace at FOLDER by the app's own import; `undo` takes such an import back and does it again;
 * `collect` writes relationships one transaction each and in batches of 25. One line of JSON.
 */

const [part = '', folder = '', nodes = '0', relationships = '0', extra = ''] = process.argv.slice(2);
const MiB = 1024 * 1024;
const round = (value: number) => Math.round(value * 10) / 10;
const benchKey = new Uint8Array(32).fill(7);

await import('#main/engine.ts');
const { migrations } = await import('#main/workspace.ts');
const { keepHeapSmall } = await import('#main/platform/heap.ts');
const { openDatabase } = await import('#main/platform/database/database.ts');
const { migrate } = await import('#main/platform/database/migrate.ts');
const { importItems } = await import('#main/features/knowledge/import/import-items.ts');
const { takeBack } = await import('#main/features/knowledge/import/take-back.ts');
const { openCollector } = await import('#main/features/knowledge/import/collect.ts');
const { createImports } = await import('#main/features/knowledge/store/imports.ts');
const { createStore } = await import('#main/features/knowledge/store/store.ts');
keepHeapSmall();

let ids = 0;
function open(path: string) {
  mkdirSync(path, { recursive: true });
  const file = join(path, 'workspace.db');
  const database = openDatabase(file, benchKey, { create: true });
  migrate(database, migrations);
  const now = () => Date.now();
  const store = createStore(database, { device: '11111111-1111-4111-8111-111111111111', actor: 'bench', now });
  const imports = createImports(database, { now, newId: () => `22222222-2222-4222-8222-${String(++ids).padStart(12, '0')}` });
  const close = () => {
    database.pragma('wal_checkpoint(truncate)');
    database.close();
    return round(statSync(file).size / MiB);
  };
  return { database, store, imports, now, close };
}

async function fill(path: string, n: number, m: number, seed: number) {
  const { store, imports, now, close } = open(path);
  const graph = generateGraph(n, m, seed);
  async function* items() {
    for (const source of [graph.objects(), graph.edges()]) {
      let piece = [];
      for (const object of source) {
        piece.push({ kind: 'object' as const, object, path: 'objects[]' });
        if (piece.length < 500) continue;
        yield piece;
        piece = [];
      }
      yield piece;
    }
  }
  const job = { jobId: 'bench', signal: new AbortController().signal, progress: () => undefined };
  const began = performance.now();
  const cpu = process.cpuUsage();
  const start = { kind: 'file' as const, source: 'bench', format: 'stix', sha256: String(seed).padStart(64, '0') };
  const { created } = await importItems(store, imports, now, { ...start, items: items(), job });
  if (created !== n + m) throw new Error(`${created} of ${n + m} objects were written`);
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: round(wallMs), cpuMs: round((user + system) / 1000), store, close };
}

const n = Number(nodes);
const m = Number(relationships);
/** Peak resident memory since the start or the last write of 5 to clear_refs. */
const peak = () => round(Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? Number.NaN) / 1024);

if (part === 'import') {
  // As an engine that has run for a while: the first thousands of objects warm the compiler, and are not timed.
  await fill(join(folder, 'warm'), 2_000, 10_000, 1);
  const { close, store: _store, ...measured } = await fill(folder, n, m, 42);
  console.log(JSON.stringify({ ...measured, peakMiB: peak(), fileMiB: close() }));
} else if (part === 'undo') {
  const { store, close } = await fill(folder, n, m, 42);
  const { action } = store.database.prepare('SELECT action FROM op WHERE import IS NOT NULL LIMIT 1').get() as { action: string };
  // The heap at rest first, so that the peak is what the undo adds.
  const fileMiB = () => round(statSync(join(folder, 'workspace.db')).size / MiB);
  const rounds: Record<string, number> = {};
  store.database.pragma('wal_checkpoint(truncate)');
  rounds['fileBeforeMiB'] = fileMiB();
  for (const [name, undone] of [
    ['undo', true],
    ['redo', false],
  ] as const) {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync('/proc/self/clear_refs', '5');
    const before = peak();
    const began = performance.now();
    const cpu = process.cpuUsage();
    await takeBack(store, action, undone);
    const { user, system } = process.cpuUsage(cpu);
    rounds[`${name}Ms`] = round(performance.now() - began);
    rounds[`${name}CpuMs`] = round((user + system) / 1000);
    rounds[`${name}CpuMicrosAnObject`] = round((user + system) / (n + m));
    rounds[`${name}StartMiB`] = before;
    rounds[`${name}PeakMiB`] = peak();
    store.database.pragma('wal_checkpoint(truncate)');
    rounds[`${name}FileMiB`] = fileMiB();
    const live = store.database.prepare("SELECT sum(n) FROM tally WHERE kind IN ('object', 'relation')").pluck().get();
    if (live !== (undone ? 0 : n + m)) throw new Error(`after the ${name} ${String(live)} of ${n + m} stand`);
  }
  close();
  console.log(JSON.stringify(rounds));
} else if (part === 'collect') {
  const graph = generateGraph(n, m, 7);
  const objects = [...graph.objects()].map((object) => ({ object, path: 'objects[]' }));
  const { store, imports, now, close } = open(folder);
  store.transact(() => store.writer.writeChunk(objects, { now: now() }));
  const edges = graph.edges();
  const next = () => ({
    kind: 'object' as const,
    object: (edges.next() as { value: (typeof objects)[number]['object'] }).value,
    path: 'objects[]',
  });
  const singles = Number(extra);
  const timed = async (count: number, work: () => Promise<void>) => {
    const began = performance.now();
    const cpu = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(cpu);
    const wallMs = performance.now() - began;
    return { perSecond: count / (wallMs / 1000), cpuMicros: (user + system) / count, wallMs };
  };
  const single = await timed(singles, async () => {
    for (let one = 0; one < singles; one++) store.transact(() => store.writer.writeChunk([next()], { now: now() }));
  });
  const rest = m - singles;
  const grouped = await timed(rest, async () => {
    const collector = openCollector(store, imports, now, { source: 'collector', format: 'stix' });
    // As a source with several connections: 100 batches are under way, the next is sent when one is acknowledged.
    let sent = 0;
    const lane = async () => {
      while (sent < rest) {
        const batch = [];
        for (; batch.length < 25 && sent < rest; sent++) batch.push(next());
        await collector.add(batch);
      }
    };
    await Promise.all(Array.from({ length: 100 }, lane));
    await collector.close();
  });
  console.log(
    JSON.stringify({
      singlePerSecond: round(single.perSecond),
      singleCpuMicros: round(single.cpuMicros),
      collectedPerSecond: round(grouped.perSecond),
      collectedCpuMicros: round(grouped.cpuMicros),
      collectedMs: round(grouped.wallMs),
      fileMiB: close(),
    }),
  );
} else throw new Error(`there is no part “${part}”`);
