import type { MessagePort } from 'node:worker_threads';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { loadGraph, serialiseGraph } from './blob.ts';
import { buildGraph, type Graph, type GraphRows } from './csr.ts';
import { applyDeltas, type GraphDelta, inverseOf } from './delta.ts';
import { neighbourhood } from './k-hop.ts';
import type { FromWorker, QuestionName, Questions, ToWorker, WorkerError } from './messages.ts';
import { shortestPaths } from './paths.ts';
import { components, degreesOf, snapshot } from './survey.ts';
import type { Stop } from './walk.ts';

/** Where a graph comes from: columns, or a stored graph with what changed since; `rows` is asked where the stored one is damaged. */
export type GraphSource =
  | GraphRows
  | { readonly blob: Uint8Array; readonly deltas?: readonly GraphDelta[]; readonly rows: () => GraphRows };

/** Numbers in deltas that may wait for the next question; more are merged at once, so that memory stays bounded. */
const mostWaiting = 2_000_000;

const answers: { readonly [N in QuestionName]: (graph: Graph, question: Questions[N]['ask'], stop: Stop) => Questions[N]['answer'] } = {
  khop: neighbourhood,
  shortestPaths,
  degree: (graph, ids) => degreesOf(graph, ids),
  components,
  snapshot,
  serialise: (graph) => serialiseGraph(graph),
  size: (graph) => ({ nodes: graph.nodeCount, edges: graph.edgeCount }),
};

/**
 * The inside of the graph's thread: loads once, then answers one question after another. `load` may
 * throw a ContractError, which then answers every question.
 */
export function serveGraph(port: MessagePort, load: () => GraphSource): void {
  let graph: Graph | undefined;
  let waiting: GraphDelta[] = [];
  let waitingNumbers = 0;
  let cancelled: Int32Array | undefined;
  const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

  /** Deltas are gathered and applied when someone asks: an import then costs one merge, not one a chunk. */
  const inStep = (): Graph => {
    if (!graph) throw new Error('a question came before the graph was loaded');
    if (waiting.length > 0) graph = applyDeltas(graph, waiting);
    waiting = [];
    waitingNumbers = 0;
    return graph;
  };

  port.on('message', (message: ToWorker) => {
    if (message.kind === 'begin') {
      cancelled = message.cancelled && new Int32Array(message.cancelled);
      try {
        const began = performance.now();
        graph = graphFrom(load());
        send({ kind: 'ready', loadMs: performance.now() - began });
      } catch (error) {
        send({ kind: 'refused', error: crossed(error) });
      }
    } else if (message.kind === 'apply') {
      waiting.push(message.delta);
      waitingNumbers += message.delta.added.length + message.delta.removed.length + message.delta.nodes.length;
      if (graph && waitingNumbers > mostWaiting) inStep();
    } else {
      const { id, name, question, overlay, withinMs } = message;
      const until = performance.now() + withinMs;
      const stop = () => {
        if (cancelled && Atomics.load(cancelled, 0) === id) throw new ContractError('cancelled', 'Cancelled.');
        if (performance.now() > until) throw new ContractError('timed_out', 'The time for this question is over.');
      };
      try {
        stop();
        const answer = answers[name] as (graph: Graph, question: unknown, stop: Stop) => unknown;
        const value = overlay ? laidOver(inStep(), overlay, (over) => answer(over, question, stop)) : answer(inStep(), question, stop);
        send({ kind: 'answer', id, value }, buffersOf(value));
      } catch (error) {
        send({ kind: 'error', id, error: crossed(error) });
      }
    }
  });

  /** Lays an overlay over the graph for one answer and takes exactly that off again, however the answer ended. */
  function laidOver<T>(standing: Graph, overlay: GraphDelta, work: (graph: Graph) => T): T {
    const back = inverseOf(standing, overlay);
    graph = applyDeltas(standing, [overlay]);
    try {
      return work(graph);
    } finally {
      graph = applyDeltas(graph, [back]);
    }
  }
}

/** The graph of a source. A stored graph that is damaged is left aside: the rows are the truth. */
export function graphFrom(source: GraphSource): Graph {
  if (!('blob' in source)) return buildGraph(source);
  try {
    return applyDeltas(loadGraph(source.blob), source.deltas ?? []);
  } catch (error) {
    if (isContractError(error) && error.code === 'damaged') return buildGraph(source.rows());
    throw error;
  }
}

/** The memory of an answer's arrays, which is handed over, not copied. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}

function crossed(error: unknown): WorkerError {
  if (isContractError(error)) return { code: error.code, message: error.message };
  return {
    code: 'internal',
    message: 'Walking the graph failed because of a mistake in Redoubt; the log of the engine says where.',
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
