import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { percentiles, round, say } from './measure.ts';
import { passphrase } from './processes.ts';

const words = 'access actor admin alert asset audit beacon block cloud code cred data deny drop dump edge exfil file flow hash'.split(' ');

/** What the face asks for, through the contract on a large workspace: milliseconds, p50 and p95, one question at a time. */
export async function benchReads({ nodes = 100_000, relationships = 500_000, questions = 60 } = {}): Promise<Record<string, unknown>> {
  // As the launchers do, for the processes of the engine.
  enableCompileCache(compiled);
  const dataDir = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const log = createLog({ now: () => Date.now(), least: 'error', write: (_level, line) => say(line) });
  const host = createNodeHost({ dataDir: join(dataDir, 'workspace'), log });
  const graph = generateGraph(nodes, relationships);
  try {
    say('  filling a workspace');
    await fill(host, graph);
    const [first, firstLoadMs] = await opened(host, async (client) => {
      // No adjacency is stored yet: it is built from the rows.
      const began = performance.now();
      await client.knowledge.getNeighbourhood({ ids: [graph.ids[10] as string], hops: 1 });
      return performance.now() - began;
    });
    const [second, latencies] = await opened(host, async (client) => {
      const began = performance.now();
      await client.knowledge.getNeighbourhood({ ids: [graph.ids[10] as string], hops: 1 });
      const reloadMs = performance.now() - began;
      const random = seeded(5);
      const id = () => graph.ids[Math.floor(random() * nodes)] as string;
      const word = () => words[Math.floor(random() * words.length)] as string;
      const timed = async (name: string, ask: () => Promise<unknown>) => {
        const times: number[] = [];
        await ask();
        for (let turn = 0; turn < questions; turn++) {
          const start = performance.now();
          await ask();
          times.push(performance.now() - start);
        }
        const answer = percentiles(times);
        say(`  ${name}: ${JSON.stringify(answer)}`);
        return answer;
      };
      return {
        reloadMs: round(reloadMs),
        searchTwoWords: await timed('search, two words', () => client.knowledge.search({ text: `${word()} ${word()}` })),
        searchPrefix: await timed('search, a prefix', () => client.knowledge.search({ text: word().slice(0, 3) })),
        searchName: await timed('search, a name', () => client.knowledge.search({ text: `${Math.floor(random() * nodes)}` })),
        searchSlip: await timed('search, a slip', () => client.knowledge.search({ text: `${word()}x ${word()}` })),
        entity: await timed('an entity', () => client.knowledge.getEntity({ id: id() })),
        listPage: await timed('a page of the list', () =>
          client.knowledge.listEntities({ sort: 'name', offset: Math.floor((random() * nodes) / 2) }),
        ),
        oneHop: await timed('one hop', () => client.knowledge.listNeighbours({ id: id() })),
        oneHopHub: await timed('one hop of a hub', () => client.knowledge.listNeighbours({ id: graph.ids[0] as string })),
        threeHopsCapped: await timed('3 hops, capped', () => client.knowledge.getNeighbourhood({ ids: [id()], hops: 3, limit: 300 })),
        paths: await timed('shortest paths', () => client.knowledge.findPaths({ from: id(), to: id() })),
        stats: await timed('counts', () => client.knowledge.getStats()),
      };
    });
    const { reloadMs, ...perQuestion } = latencies;
    return {
      graph: { nodes, relationships },
      milliseconds: perQuestion,
      graphThread: { firstAnswerRebuiltMs: round(firstLoadMs), firstAnswerReloadedMs: reloadMs, ratio: round(firstLoadMs / reloadMs) },
      unlockMs: { whereNothingIsStored: round(first), withStoredGraph: round(second) },
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Host = ReturnType<typeof createNodeHost>;

/** By the app's own import, in this process. */
async function fill(host: Host, graph: ReturnType<typeof generateGraph>) {
  const now = () => Date.now();
  const jobs = createJobs({ now, newId: () => randomUUID(), onProgress: () => undefined, onError: () => undefined });
  const workspace = createWorkspace(host, jobs, () => undefined);
  await workspace.create(passphrase, false);
  async function* items() {
    for (const source of [graph.objects(), graph.edges()])
      for (const object of source) yield [{ kind: 'object' as const, object, path: 'objects[]' }];
  }
  const job = { jobId: 'bench', signal: new AbortController().signal, progress: () => undefined };
  const { knowledge } = workspace.current();
  await knowledge.importItems({ kind: 'file', source: 'bench', format: 'stix', sha256: '0'.repeat(64), items: items(), job });
  await workspace.close();
}

/** An engine on the filled folder for as long as `work` asks it; answers with how long unlocking took, too. */
async function opened<T>(host: Host, work: (client: ReturnType<typeof clientOf>) => Promise<T>): Promise<[number, T]> {
  const engine = createEngine(host);
  try {
    const [near, far] = memoryChannel();
    engine.connect(far, callers.cli);
    const client = clientOf(near);
    const began = performance.now();
    await client.admin.unlock({ passphrase });
    const unlockMs = performance.now() - began;
    return [unlockMs, await work(client)];
  } finally {
    await engine.close();
  }
}

const clientOf = (near: ReturnType<typeof memoryChannel>[0]) => createClient(contract, near);
