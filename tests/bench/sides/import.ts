import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { generateGraph } from '../generate.ts';

/*
 * One side of the import bench: `node import.ts SIDE NODES RELATIONSHIPS`. All sides take the same objects
 * from the same generator, some hundreds at a time, so that what a side does not keep is garbage; what the
 * making costs is the side `generator`. Prints one line of JSON: milliseconds and MiB.
 */

const [side = '', nodes = '100000', relationships = '500000'] = process.argv.slice(2);
const PIECE = 500;
const MiB = 1024 * 1024;

/** The objects in pieces, as a format would yield them. */
function* pieces(): Generator<StixObject[]> {
  const graph = generateGraph(Number(nodes), Number(relationships));
  for (const source of [graph.objects(), graph.edges()]) {
    let piece: StixObject[] = [];
    for (const object of source) {
      piece.push(object);
      if (piece.length < PIECE) continue;
      yield piece;
      piece = [];
    }
    if (piece.length > 0) yield piece;
  }
}

/** Makes a side ready; answers with the work to be timed, and that with what it says besides, asked after the clock has stopped. */
type Side = () => Promise<() => Promise<() => Record<string, number>>>;

const sides: Record<string, Side> = {
  /** The app's own import function on an encrypted workspace, to the last commit. */
  async app() {
    // As in the command line and the headless host: the heap is bounded, then all of the engine's code is loaded.
    const { keepHeapSmall } = await import('#main/platform/heap.ts');
    keepHeapSmall();
    await import('#main/engine.ts');
    const { migrations } = await import('#main/workspace.ts');
    const { importItems } = await import('#main/features/knowledge/import/import-items.ts');
    const { createImports } = await import('#main/features/knowledge/store/imports.ts');
    const { createStore } = await import('#main/features/knowledge/store/store.ts');
    const { database, ending } = await workspace();
    const { migrate } = await import('#main/platform/database/migrate.ts');
    migrate(database, migrations);
    const now = () => Date.now();
    const store = createStore(database, { device: '11111111-1111-4111-8111-111111111111', actor: 'bench', now });
    const imports = createImports(database, { now, newId: () => '22222222-2222-4222-8222-222222222222' });
    const job = { jobId: 'bench', signal: new AbortController().signal, progress: () => undefined };
    async function* items() {
      for (const piece of pieces()) yield piece.map((object) => ({ kind: 'object' as const, object, path: 'objects[]' }));
    }
    return async () => {
      const outcome = await importItems(store, imports, now, {
        kind: 'file',
        source: 'bench',
        format: 'stix',
        sha256: '0'.repeat(64),
        items: items(),
        job,
      });
      const wanted = Number(nodes) + Number(relationships);
      if (outcome.created !== wanted) throw new Error(`${outcome.created} of ${wanted} objects were written`);
      return ending;
    };
  },

  /** The same bare columns, without history, search, provenance or op log: what SQLite and encryption alone cost. */
  async tables() {
    const { database, ending } = await workspace();
    const { uuidBytes } = await import('#main/features/knowledge/store/codec.ts');
    database.exec(`CREATE TABLE object (id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE, type TEXT NOT NULL, name TEXT, rest TEXT) STRICT;
      CREATE TABLE edge (src INTEGER NOT NULL, type TEXT NOT NULL, dst INTEGER NOT NULL, rel BLOB NOT NULL, PRIMARY KEY (src, type, dst, rel)) STRICT, WITHOUT ROWID;`);
    const addObject = database.prepare('INSERT INTO object VALUES (?, ?, ?, ?, ?)');
    const addEdge = database.prepare('INSERT INTO edge VALUES (?, ?, ?, ?)');
    return async () => {
      const keys = new Map<string, number>();
      for (const piece of pieces())
        database.transaction(() => {
          for (const object of piece)
            if (object.type === 'relationship')
              addEdge.run(
                keys.get(object['source_ref'] as string),
                object['relationship_type'],
                keys.get(object['target_ref'] as string),
                uuidBytes(object.id),
              );
            else {
              keys.set(object.id, keys.size + 1);
              addObject.run(keys.size, uuidBytes(object.id), object.type, object['name'], object['description']);
            }
        })();
      return ending;
    };
  },

  /** graphology's in-memory graph: an object's properties as its attributes, parallel edges kept. */
  async graphology() {
    const { MultiDirectedGraph } = await import('graphology');
    const graph = new MultiDirectedGraph();
    return async () => {
      for (const piece of pieces())
        for (const object of piece)
          if (object.type === 'relationship')
            graph.addDirectedEdgeWithKey(object.id, object['source_ref'] as string, object['target_ref'] as string, object);
          else graph.addNode(object.id, object);
      return () => ({ order: graph.order, size: graph.size });
    };
  },

  /** The generator alone: what the memory of the other sides begins with. */
  async generator() {
    return async () => {
      let count = 0;
      for (const piece of pieces()) count += piece.length;
      return () => ({ count });
    };
  },
};

async function workspace() {
  const { openDatabase } = await import('#main/platform/database/database.ts');
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const file = join(folder, 'workspace.db');
  const database = openDatabase(file, new Uint8Array(32).fill(7), { create: true });
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return {
    database,
    ending() {
      database.pragma('wal_checkpoint(truncate)');
      database.close();
      return { fileMiB: Math.round((statSync(file).size / MiB) * 10) / 10 };
    },
  };
}

const prepare = sides[side];
if (!prepare) throw new Error(`there is no side “${side}”; there are ${Object.keys(sides).join(', ')}`);
const run = await prepare();
const wall = performance.now();
const cpu = process.cpuUsage();
const ending = await run();
const wallMs = performance.now() - wall;
const { user, system } = process.cpuUsage(cpu);
const round = (value: number) => Math.round(value * 10) / 10;
console.log(
  JSON.stringify({
    wallMs: round(wallMs),
    cpuMs: round((user + system) / 1000),
    peakMiB: round(process.resourceUsage().maxRSS / 1024),
    ...ending(),
  }),
);
