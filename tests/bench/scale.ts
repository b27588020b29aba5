import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { createEngine } from '#main/engine.ts';
import { callers } from '#main/hosts/doors.ts';
import { createNodeHost } from '#main/hosts/node-host.ts';
import { createJobs } from '#main/platform/jobs/jobs.ts';
import { createLog } from '#main/platform/log/log.ts';
import { createWorkspace } from '#main/workspace.ts';
import { contract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import { compiled } from '../../build/launch/setup.mjs';
import { generateGraph, seeded } from './generate.ts';
import { percentiles, round, runSide, say } from './measure.ts';
import { passphrase } from './processes.ts';

const words = 'access actor admin alert asset audit beacon block cloud code cred data deny drop dump edge exfil file flow hash'.split(' ');
/** Relationships of one node: a quarter of a million, or a twentieth of a small run. */
const hubOf = (relationships: number) => Math.min(250_000, relationships / 20);

/**
 * A workspace of a million objects and five million relationships through the contract: opening, searches, the first
 * page of every table; imports at three sizes, each in a process of its own; relationships in small batches.
 */
export async function benchScale({
  nodes = 1_000_000,
  relationships = 5_000_000,
  questions = 40,
  batches = 250_000,
  singles = 5_000,
} = {}): Promise<Record<string, unknown>> {
  enableCompileCache(compiled);
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const side = (name: string, n: number, m: number, extra = '') =>
    runSide('scale.ts', [name, join(folder, `${name}-${n}`), String(n), String(m), extra]);
  try {
    const throughput: Record<string, unknown> = {};
    const rates: number[] = [];
    for (const share of [100, 10, 1]) {
      const [n, m] = [nodes / share, relationships / share];
      const one = await side('import', n, m);
      rmSync(join(folder, `import-${n}`), { recursive: true });
      const rate = (n + m) / ((one['wallMs'] ?? Number.NaN) / 1000);
      rates.push(rate);
      throughput[String(n)] = {
        objectsASecond: round(rate),
        cpuMicrosAnObject: round(((one['cpuMs'] ?? Number.NaN) * 1000) / (n + m)),
        peakMiB: one['peakMiB'],
        bytesANode: round(((one['fileMiB'] ?? Number.NaN) * 2 ** 20) / n),
      };
      say(`  import of ${n}: ${JSON.stringify(throughput[String(n)])}`);
    }
    const collected = await side('collect', Math.max(1000, batches / 25), batches + singles, String(singles));
    say(`  batches: ${JSON.stringify(collected)}`);
    // A tenth and a hundredth: its memory must not grow with the count, its time an object hardly.
    const undo: Record<string, unknown> = {};
    for (const share of [100, 10]) {
      undo[String(nodes / share)] = await side('undo', nodes / share, relationships / share);
      rmSync(join(folder, `undo-${nodes / share}`), { recursive: true });
      say(`  undo of an import of ${nodes / share}: ${JSON.stringify(undo[String(nodes / share)])}`);
    }
    const reads = await benchTables(join(folder, 'workspace'), nodes, relationships, questions);
    return {
      graph: { nodes, relationships, hub: hubOf(relationships) },
      importAtThreeSizes: { ...throughput, slowestOverFastest: round(Math.min(...rates) / Math.max(...rates)) },
      smallBatches: {
        ...collected,
        ratio: round((collected['collectedPerSecond'] ?? Number.NaN) / (collected['singlePerSecond'] ?? Number.NaN)),
      },
      undo,
      ...reads,
      targets: {
        openMs: 3000,
        searchP95: 100,
        firstPageP95: 150,
        peakMiB: 1024,
        bytesANode: 1536,
        slowestOverFastest: 0.75,
        smallBatches: 20,
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchTables(dataDir: string, nodes: number, relationships: number, questions: number) {
  const log = createLog({ now: () => Date.now(), least: 'error', write: (_level, line) => say(line) });
  const host = createNodeHost({ dataDir, log });
  const now = () => Date.now();
  const hub = hubOf(relationships);
  const graph = generateGraph(nodes, relationships - hub);
  const random = seeded(5);
  const jobs = createJobs({ now, newId: () => randomUUID(), onProgress: () => undefined, onError: () => undefined });
  const filled = createWorkspace(host, jobs, () => undefined);
  await filled.create(passphrase, false);
  const { knowledge } = filled.current();
  const hubId = 'intrusion-set--99999999-9999-4999-8999-999999999999';
  const own = (id: string, type: string, more: object) =>
    ({
      type,
      spec_version: '2.1',
      id,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      ...more,
    }) as unknown as StixObject;
  /** What the generator lacks for the filters: a hub, tactics, platforms. */
  function* besides() {
    yield own(hubId, 'intrusion-set', { name: 'the hub of all' });
    for (let at = 0; at < hub; at++)
      yield own(`relationship--${randomUUID()}`, 'relationship', {
        relationship_type: 'uses',
        source_ref: hubId,
        target_ref: graph.ids[Math.floor((at / hub) * nodes)],
      });
    const tactics = ['impact', 'execution', 'persistence', 'discovery'];
    for (let at = 0; at < nodes / 20; at++)
      yield own(`attack-pattern--${randomUUID()}`, 'attack-pattern', {
        name: `technique ${at}`,
        external_references: [{ source_name: 'mitre-attack', external_id: `T${1000 + (at % 900)}.${String(at % 1000).padStart(3, '0')}` }],
        kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: tactics[at % 4] }],
        x_mitre_platforms: [at % 3 === 0 ? 'Linux' : 'Windows'],
      });
  }
  async function* items() {
    for (const source of [graph.objects(), besides(), graph.edges()])
      for (const object of source) yield [{ kind: 'object' as const, object, path: 'o' }];
  }
  const during: number[] = [];
  let running = true;
  // Someone searches while it fills: one question after another, with a breath between two.
  const searching = (async () => {
    while (running) {
      const began = performance.now();
      await knowledge.read('knowledge.search', { text: `${words[Math.floor(random() * words.length)]}`, limit: 30, offset: 0 });
      during.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  const job = { jobId: 'bench', signal: new AbortController().signal, progress: () => undefined };
  const { importId } = await knowledge.importItems({
    kind: 'file',
    source: 'bench',
    format: 'stix',
    sha256: '0'.repeat(64),
    items: items(),
    job,
  });
  running = false;
  await searching;
  await filled.close();
  say(`  filled; a search meanwhile: ${JSON.stringify(percentiles(during))}`);

  const engine = createEngine(host);
  try {
    const [near, far] = memoryChannel();
    engine.connect(far, callers.cli);
    const client = createClient(contract, near);
    const began = performance.now();
    await client.admin.unlock({ passphrase });
    await client.knowledge.getStats();
    const openMs = performance.now() - began;
    say(`  opened, first counts shown: ${Math.round(openMs)} ms`);
    const id = () => graph.ids[Math.floor(random() * nodes)] as string;
    const word = () => words[Math.floor(random() * words.length)] as string;
    for (let at = 0; at < 20; at++) await client.knowledge.addTag({ id: id(), tag: 'watched' });
    const timed = async (name: string, ask: () => Promise<unknown>) => {
      const times: number[] = [];
      for (let turn = 0; turn < questions; turn++) {
        const start = performance.now();
        await ask();
        times.push(performance.now() - start);
      }
      const answer = percentiles(times);
      say(`  ${name}: ${JSON.stringify(answer)}`);
      return answer;
    };
    const { knowledge: ask } = client;
    const search: Record<string, unknown> = {
      twoWords: await timed('search, two words', () => ask.search({ text: `${word()} ${word()}` })),
      prefix: await timed('search, three letters', () => ask.search({ text: word().slice(0, 3) })),
      oneWord: await timed('search, one word', () => ask.search({ text: word() })),
      ofOneType: await timed('search, one word, one type', () => ask.search({ text: word(), types: ['malware'] })),
      number: await timed('search, a number', () => ask.search({ text: `${Math.floor(random() * nodes)}` })),
      oneLetter: await timed('search, one letter', () => ask.search({ text: word().slice(0, 1) })),
      slip: await timed('search, a slip', () => ask.search({ text: `${word()}x ${word()}` })),
    };
    const kinds: Record<string, object> = {
      all: {},
      types: { types: ['malware'] },
      tactics: { tactics: ['impact'] },
      platforms: { platforms: ['Linux'] },
      tlp: { tlp: ['green'] },
      rareTlp: { tlp: ['none'] },
      tags: { tags: ['watched'] },
      import: { importId },
      retired: { includeRetired: true },
    };
    let deep: string | undefined;
    const tables: Record<string, unknown> = {};
    for (const sort of ['name', 'type', 'externalId', 'modified', 'degree'] as const)
      for (const [kind, filter] of Object.entries(kinds))
        for (const descending of [false, true])
          tables[`entities by ${sort}${descending ? ', descending' : ''}: ${kind}`] = await timed(
            `entities by ${sort} ${descending}: ${kind}`,
            () => ask.listEntities({ ...filter, sort, descending }),
          );
    tables['neighbours of the hub'] = await timed('neighbours of the hub', () => ask.listNeighbours({ id: hubId }));
    tables['neighbours of the hub, one type'] = await timed('neighbours of the hub, one type', () =>
      ask.listNeighbours({ id: hubId, types: ['malware'] }),
    );
    tables['neighbours of the hub, second page'] = await timed('neighbours of the hub, second page', () =>
      ask.listNeighbours({ id: hubId, offset: 50 }),
    );
    tables['neighbours of any'] = await timed('neighbours of any', () => ask.listNeighbours({ id: id() }));
    tables['history'] = await timed('history', () => ask.listHistory({}));
    tables['imports'] = await timed('imports', () => ask.listImports());
    tables['versions'] = await timed('versions', () => ask.listVersions({ id: id() }));
    tables['two filters'] = await timed('two filters', () =>
      ask.listEntities({ tactics: ['impact'], platforms: ['Linux'], sort: 'modified' }),
    );
    tables['three filters, of an import'] = await timed('three filters, of an import', () =>
      ask.listEntities({ importId, types: ['attack-pattern'], platforms: ['Windows'], sort: 'degree', descending: true }),
    );
    tables['the page after the fiftieth'] = await timed('the page after the fiftieth', async () => {
      deep ??= (await ask.listEntities({ sort: 'name', offset: 5_000, limit: 100 })).next;
      return ask.listEntities({ sort: 'name', limit: 100, ...(deep !== undefined && { after: deep }) });
    });
    tables['facets'] = await timed('facets', () => ask.listFacets());
    tables['the hub’s page'] = await timed('the hub’s page', () => ask.getEntity({ id: hubId }));
    const walk = performance.now();
    const before = process.memoryUsage().rss;
    await ask.getNeighbourhood({ ids: [id()], hops: 2 });
    const firstWalkMs = performance.now() - walk;
    const graphThreadMiB = (process.memoryUsage().rss - before) / 2 ** 20;
    const worst = Math.max(...Object.values(tables).map((one) => (one as { p95: number }).p95));
    return {
      openMs: round(openMs),
      searchDuringImportMs: percentiles(during),
      searchMs: search,
      worstTableP95Ms: round(worst),
      tablesMs: tables,
      graphThread: { firstWalkMs: round(firstWalkMs), moreMiB: round(graphThreadMiB) },
    };
  } finally {
    await engine.close();
  }
}
