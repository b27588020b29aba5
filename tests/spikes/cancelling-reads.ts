/**
 * The spike behind docs/adr/0002: how a running read can be ended. Run with `node tests/spikes/cancelling-reads.ts`.
 * Prints medians; the figures in the ADR are from this script.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type Database, openDatabase } from '#main/platform/database/database.ts';

const rows = 200_000;
const key = new Uint8Array(32).fill(7);
const self = fileURLToPath(import.meta.url);
const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';

interface Order {
  readonly path?: string;
  readonly key?: Uint8Array;
  readonly sql?: string;
}

if (process.send) serveChild();
else await main();

function serveChild() {
  let database: Database | undefined;
  process.on('message', (order: Order) => {
    if (order.path && order.key) {
      database = openDatabase(order.path, order.key, { readonly: true, cacheKiB: 16_384 });
      process.send?.({ ready: true });
    } else if (order.sql) process.send?.({ rows: database?.prepare(order.sql).all() });
  });
  process.on('disconnect', () => process.exit());
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-spike-'));
  try {
    const path = join(folder, 'w.db');
    fill(path);
    console.log('reader processes', await processes(path));
    console.log('deadline function');
    console.table(functionInPlan(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fill(path: string) {
  const database = openDatabase(path, key, { create: true });
  database.exec(`CREATE TABLE object (id INTEGER PRIMARY KEY, name TEXT, body TEXT);
    CREATE VIRTUAL TABLE search USING fts5 (body, content='object', content_rowid='id');`);
  const insert = database.prepare('INSERT INTO object VALUES (?, ?, ?)');
  const words = ['remote', 'service', 'token', 'script', 'windows', 'cloud', 'mail', 'host'];
  database.transaction(() => {
    for (let id = 1; id <= rows; id++) {
      const draw = (id * 2654435761) % 4294967296;
      insert.run(id, `name ${draw}`, Array.from({ length: 12 }, (_, n) => words[(draw >>> (n * 2)) & 7]).join(' '));
    }
    database.exec("INSERT INTO search (search) VALUES ('rebuild')");
  })();
  database.close();
}

async function start(path: string) {
  const began = performance.now();
  const child = fork(self, [], { serialization: 'advanced' });
  child.send({ path, key });
  await once(child, 'message');
  return { child, took: performance.now() - began };
}

async function processes(path: string) {
  // Reads only; nothing here may outlive the script, so every child is killed within its turn.
  const starts: number[] = [];
  const kills: number[] = [];
  const roundTrips: number[] = [];
  let memory = {};
  for (let turn = 0; turn < 9; turn++) {
    const { child, took } = await start(path);
    starts.push(took);
    const began = performance.now();
    child.send({ sql: 'SELECT name FROM object WHERE id = 7' });
    await once(child, 'message');
    roundTrips.push(performance.now() - began);
    if (turn === 0) {
      const fresh = memoryOf(child);
      child.send({ sql: 'SELECT count(*), sum(length(body)) FROM object' });
      await once(child, 'message');
      memory = { fresh, afterScan: memoryOf(child) };
    }
    child.send({ sql: endless });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const killed = performance.now();
    child.kill('SIGKILL');
    await once(child, 'exit');
    kills.push(performance.now() - killed);
  }
  return { startAndOpenMs: median(starts), killInStatementMs: median(kills), roundTripMs: median(roundTrips), memoryMiB: memory };
}

/** Resident and proportional set size; undefined where the system does not tell. */
function memoryOf(child: ChildProcess) {
  const text = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
  const field = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024);
  return { rss: field('Rss'), pss: field('Pss'), unshared: field('Private_Dirty') + field('Private_Clean') };
}

/** For each plan: what the function costs when nothing ends, how often it is called, and how late it ends a read due at once. */
function functionInPlan(path: string) {
  const database = openDatabase(path, key, { readonly: true });
  let calls = 0;
  let deadline = Number.POSITIVE_INFINITY;
  const due = () => {
    if (performance.now() >= deadline) throw new Error('deadline');
    return 1;
  };
  database.function('alive', { deterministic: false }, () => {
    calls++;
    return due();
  });
  const plans: Record<string, [without: string, within: string]> = {
    scan: ['SELECT sum(length(name)) FROM object WHERE name > ?', 'SELECT sum(length(name)) FROM object WHERE name > ? AND alive()'],
    countStar: ['SELECT count(*) + (? IS NULL) FROM object', 'SELECT count(*) + (? IS NULL) FROM object WHERE alive()'],
    scanMiss: [
      "SELECT * FROM object WHERE body LIKE '%' || ? || 'absent%'",
      "SELECT * FROM object WHERE body LIKE '%' || ? || 'absent%' AND alive()",
    ],
    scanMissFunctionFirst: [
      "SELECT * FROM object WHERE body LIKE '%' || ? || 'absent%'",
      "SELECT * FROM object WHERE alive() AND body LIKE '%' || ? || 'absent%'",
    ],
    sort: [
      'SELECT name FROM object WHERE name > ? ORDER BY body || name || body LIMIT 200000',
      'SELECT name FROM object WHERE name > ? AND alive() ORDER BY body || name || body LIMIT 200000',
    ],
    group: [
      'SELECT body, count(*) FROM object WHERE name > ? GROUP BY body',
      'SELECT body, count(*) FROM object WHERE name > ? AND alive() GROUP BY body',
    ],
    fts: [
      "SELECT rowid FROM search WHERE search MATCH 'cloud mail' AND rowid > length(?) - 99 ORDER BY rank LIMIT 10",
      "SELECT rowid FROM search WHERE search MATCH 'cloud mail' AND rowid > length(?) - 99 AND alive() ORDER BY rank LIMIT 10",
    ],
    ftsPhraseMiss: [
      `SELECT rowid FROM search WHERE search MATCH '"cloud mail cloud mail cloud mail cloud" NOT host' AND rowid > length(?) - 99`,
      `SELECT rowid FROM search WHERE search MATCH '"cloud mail cloud mail cloud mail cloud" NOT host' AND rowid > length(?) - 99 AND alive()`,
    ],
  };
  const report: Record<string, unknown> = {};
  for (const [name, [without, within]] of Object.entries(plans)) {
    const plain = timed(() => database.prepare(without).all(''));
    deadline = Number.POSITIVE_INFINITY;
    calls = 0;
    const guarded = timed(() => database.prepare(within).all(''));
    const called = calls / 5;
    const lateness: number[] = [];
    for (const part of [0.1, 0.5, 0.9]) {
      let late = Number.NaN;
      const began = performance.now();
      deadline = began + guarded * part;
      try {
        database.prepare(within).all('');
      } catch {
        late = performance.now() - deadline;
      }
      lateness.push(Math.round(late * 10) / 10);
    }
    report[name] = { plainMs: plain, guardedMs: guarded, calls: called, endedMsAfterDeadlineAt10_50_90Percent: lateness };
  }
  database.close();
  return report;
}

function timed(work: () => unknown) {
  return median(
    Array.from({ length: 5 }, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    }),
  );
}

function median(values: number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[sorted.length >> 1] ?? Number.NaN) * 10) / 10;
}
