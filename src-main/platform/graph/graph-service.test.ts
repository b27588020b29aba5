import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ContractError } from '#shared/transport/errors.ts';
import type { GraphChildData } from '../../../tests/fixtures/graph-child.ts';
import { naiveGraph, rowsFrom } from '../../../tests/fixtures/naive-graph.ts';
import { serialiseGraph } from './blob.ts';
import { buildGraph, type GraphRows, rowsOf } from './csr.ts';
import { createGraphService, type GraphService, type GraphServiceOptions } from './graph-service.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { graphFrom, serveGraph } from './worker.ts';

const child = new URL('../../../tests/fixtures/graph-child.ts', import.meta.url);
const workers: Worker[] = [];
const ended = new Set<Worker>();
const logged: string[] = [];
const services: GraphService[] = [];
const note = (message: string, more?: unknown) =>
  void logged.push(`${message} ${more instanceof Error ? more.message : JSON.stringify(more)}`);
const log = { info: note, warn: note, error: note };

function track(worker: Worker) {
  workers.push(worker);
  worker.on('exit', () => ended.add(worker));
  return worker;
}
const spawn = (data: unknown) => track(new Worker(child, { workerData: data, execArgv: [], env: {} }));

function service(data: GraphChildData, options: Partial<GraphServiceOptions> = {}): GraphService {
  const made = createGraphService({ spawn, data, log, ...options });
  services.push(made);
  return made;
}

/** A line 1 - 2 - … - 5, all edges forwards, of type 1. */
const node = (id: number) => ({ id, live: true, type: 1 });
const line = rowsFrom(
  naiveGraph(
    [1, 2, 3, 4, 5].map(node),
    [1, 2, 3, 4].map((src) => ({ src, type: 1, dst: src + 1, rel: src })),
  ),
);
/** So dense that counting its simple paths takes a while. */
const dense: GraphRows = (() => {
  const nodes = Array.from({ length: 40 }, (_, n) => node(n + 1));
  return rowsFrom(
    naiveGraph(
      nodes,
      nodes.flatMap(({ id: src }) => nodes.map(({ id: dst }) => ({ src, type: 1, dst, rel: 1 }))),
    ),
  );
})();
const long = { from: 1, to: 40, directed: true, maxHops: 14, limit: 1, longer: true };
const khop = { ids: [1], hops: 9, direction: 'out' as const, limit: 100 };
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof ContractError ? error.code : error),
  );

afterEach(async () => {
  await Promise.all(services.splice(0).map((one) => one.close()));
  const left = workers.filter((worker) => !ended.has(worker) && worker.threadId !== -1).length;
  workers.length = 0;
  logged.length = 0;
  if (left > 0) throw new Error(`${left} threads outlived their service`);
});

describe('the graph service', () => {
  it('starts its thread when first asked, and answers in typed arrays', async () => {
    const graph = service({ rows: line });
    graph.apply({ added: [1, 1, 5, 9], removed: [], nodes: [] });
    expect(workers).toHaveLength(0);
    expect(await graph.ready()).toEqual({ nodes: 5, edges: 4 });
    expect(await graph.khop(khop)).toMatchObject({ ids: Int32Array.of(1, 2, 3, 4, 5), hops: Uint8Array.of(0, 1, 2, 3, 4), totalNodes: 5 });
    expect((await graph.shortestPaths({ from: 5, to: 1, directed: false, maxHops: 4, limit: 1 })).paths[0]?.nodes).toEqual(
      Int32Array.of(5, 4, 3, 2, 1),
    );
    expect(await graph.degree([1, 2, 99])).toEqual(Uint32Array.of(1, 2, 0));
    expect((await graph.components()).sizes).toEqual(Uint32Array.of(5));
    expect((await graph.snapshot(2)).ids).toEqual(Int32Array.of(2, 3));
    expect(rowsOf(graphFrom({ blob: await graph.serialise(), rows: () => line }))).toEqual(line);
    expect(workers).toHaveLength(1);
  });

  it('stays in step with what it is told, answers in between included', async () => {
    const graph = service({ rows: line });
    expect((await graph.khop(khop)).totalNodes).toBe(5);
    graph.apply({ added: [], removed: [2, 1, 3, 2], nodes: [] });
    expect((await graph.khop(khop)).totalNodes).toBe(2);
    graph.apply({ added: [2, 7, 6, 8], removed: [], nodes: [6, 1, 4] });
    graph.apply({ added: [6, 7, 3, 9], removed: [], nodes: [] });
    expect([...(await graph.khop(khop)).ids]).toEqual([1, 2, 6, 3, 4, 5]);
    expect([...(await graph.khop({ ...khop, nodeTypes: [4] })).ids]).toEqual([1]);
    graph.apply({ added: [], removed: [], nodes: [6, 0, 4] });
    expect((await graph.khop(khop)).totalNodes).toBe(2);
  });

  it('lets its thread go when nobody asks, and starts another for the next question', async () => {
    const graph = service({ rows: line }, { idleMs: 20, quickLoadMs: 60_000 });
    expect((await graph.khop(khop)).totalNodes).toBe(5);
    await expect.poll(() => !graph.isLoaded(), { timeout: 30_000 }).toBe(true);
    expect((await graph.khop(khop)).totalNodes).toBe(5);
    expect(workers).toHaveLength(2);
  });

  it('keeps a graph that takes long to load', async () => {
    const graph = service({ rows: line, slow: 40 }, { idleMs: 1, quickLoadMs: 10 });
    await graph.khop(khop);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(graph.isLoaded()).toBe(true);
  });

  it('loads a stored graph with what came after, and the rows where it is damaged', async () => {
    const blob = serialiseGraph(buildGraph(line));
    expect(await service({ rows: line, blob }).ready()).toEqual({ nodes: 5, edges: 5 });
    const cut = blob.slice(0, 100);
    expect(await service({ rows: line, blob: cut }).ready()).toEqual({ nodes: 5, edges: 4 });
  });

  it('carries errors of the loader, and tries again when asked again', async () => {
    const refusing = service({ rows: line, fault: 'refuses' });
    const both = [failure(refusing.ready()), failure(refusing.degree([1]))];
    expect(await Promise.all(both)).toEqual(['damaged', 'damaged']);
    expect(workers).toHaveLength(1);
    const failing = service({ rows: line, fault: 'fails' });
    const error = await failing.ready().then(
      () => '',
      (thrown: unknown) => String(thrown),
    );
    expect(error).not.toContain('secret');
    expect(logged.join()).toContain('secret inside');
    expect(await failure(service({ rows: line, fault: 'ends' }).ready())).toBe('unavailable');
    expect(await failure(refusing.ready())).toBe('damaged');
  });
});

describe('ending a question', () => {
  it('leaves the thread to the next one', async () => {
    const graph = service({ rows: dense });
    await graph.ready();
    const abort = new AbortController();
    const cancelled = failure(graph.shortestPaths(long, { signal: abort.signal }));
    const waiting = failure(graph.degree([1], { signal: abort.signal }));
    const late = failure(graph.shortestPaths(long, { deadlineMs: 20 }));
    abort.abort();
    expect(await Promise.all([cancelled, waiting, late])).toEqual(['cancelled', 'cancelled', 'timed_out']);
    expect(await graph.degree([1])).toEqual(Uint32Array.of(80));
    expect(await failure(graph.degree([1], { signal: AbortSignal.abort() }))).toBe('cancelled');
    expect(workers).toHaveLength(1);
  });

  it('begins a question’s own time when the graph is there, and bounds the loading apart', async () => {
    const patient = service({ rows: line, slow: 400 });
    expect(await patient.ready({ deadlineMs: 300 })).toEqual({ nodes: 5, edges: 4 });
    const graph = service({ rows: line, slow: 400 }, { loadingMs: 30 });
    expect(await failure(graph.ready())).toBe('timed_out');
    await vi.waitUntil(() => graph.isLoaded(), { timeout: 10_000 });
    expect(await graph.ready()).toEqual({ nodes: 5, edges: 4 });
    expect(workers).toHaveLength(2);
  });

  it('looks at flag and clock inside the thread', async () => {
    const { port1, port2 } = new MessageChannel();
    const shared = new SharedArrayBuffer(4);
    const heard: FromWorker[] = [];
    const answers = new Promise<void>((resolve) => port1.on('message', (message: FromWorker) => heard.push(message) === 4 && resolve()));
    serveGraph(port2, () => dense);
    const tell = (message: ToWorker) => port1.postMessage(message);
    tell({ kind: 'begin', cancelled: shared });
    Atomics.store(new Int32Array(shared), 0, 7);
    tell({ kind: 'ask', id: 7, name: 'shortestPaths', question: long, withinMs: 60_000 });
    tell({ kind: 'ask', id: 8, name: 'shortestPaths', question: long, withinMs: 5 });
    tell({ kind: 'ask', id: 9, name: 'size', question: undefined, withinMs: 60_000 });
    await answers;
    expect(heard.map((message) => ('error' in message ? message.error.code : message.kind))).toEqual([
      'ready',
      'cancelled',
      'timed_out',
      'answer',
    ]);
    port1.close();
  });

  it('ends a thread that does not stop', async () => {
    let started = 0;
    // The first thread says that it is ready and then never answers.
    const deaf =
      "require('node:worker_threads').parentPort.on('message', (m) => m.kind === 'begin' && require('node:worker_threads').parentPort.postMessage({ kind: 'ready' }))";
    const graph = service(
      { rows: line },
      { graceMs: 30, spawn: (data) => (started++ === 0 ? track(new Worker(deaf, { eval: true })) : spawn(data)) },
    );
    expect(await failure(graph.ready({ deadlineMs: 300 }))).toBe('timed_out');
    expect(await graph.ready()).toEqual({ nodes: 5, edges: 4 });
  });

  it('bounds the queue', async () => {
    const graph = service({ rows: line }, { queue: 2 });
    const kept = [graph.ready(), graph.ready()];
    expect(await failure(graph.ready())).toBe('unavailable');
    await Promise.all(kept);
  });
});

describe('a thread that ends', () => {
  it('is replaced by one that loads anew, and its question is asked again', async () => {
    const graph = service({ rows: dense });
    await graph.ready();
    const path = graph.shortestPaths(long);
    await workers[0]?.terminate();
    expect((await path).distance).toBe(1);
    await workers[1]?.terminate();
    expect(await graph.ready()).toEqual({ nodes: 40, edges: 1600 });
    expect(workers).toHaveLength(3);
  });

  it('is not asked a third time', async () => {
    const graph = service(
      { rows: dense },
      {
        spawn: (data) =>
          spawn(data).on('message', function (this: Worker, { kind }: FromWorker) {
            if (kind === 'ready') void this.terminate();
          }),
      },
    );
    await expect(graph.shortestPaths(long)).rejects.toMatchObject({ code: 'unavailable', message: /ended twice/ });
  });

  it('takes its questions with it on close', async () => {
    const graph = service({ rows: dense });
    await graph.ready();
    const open = [failure(graph.shortestPaths(long)), failure(graph.ready())];
    await graph.close();
    expect(await Promise.all(open)).toEqual(['unavailable', 'unavailable']);
    expect(await failure(graph.ready())).toBe('unavailable');
    expect(ended.has(workers[0] as Worker)).toBe(true);
  });

  it('that cannot be started is a clear error', async () => {
    const graph = service(
      { rows: line },
      {
        spawn: () => {
          throw new Error('no more threads');
        },
      },
    );
    expect(await failure(graph.ready())).toBe('unavailable');
  });
});
