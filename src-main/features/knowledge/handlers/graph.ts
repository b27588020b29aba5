import type { EdgeColumns } from '#main/platform/graph/k-hop.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';

type Walk = 'getNeighbourhood' | 'findPaths' | 'getGraphSnapshot';

/** Edges of a picture; more are counted, not drawn. */
const MOST_EDGES = 3_000;

export function graphHandlers({ readOn, overlayOf, graph }: KnowledgeParts): Pick<KnowledgeHandlers, Walk> {
  return {
    async getNeighbourhood({ ids, hops, limit, types, branch }, { signal }) {
      const { keys, typeKeys } = await readOn(branch, 'knowledge.resolveKeys', { ids, types }, { signal });
      const overlay = await overlayOf(branch, { signal });
      const answer = await graph.khop(
        { ids: keys, hops, direction: 'both', limit, edgeLimit: MOST_EDGES, ...(typeKeys && { nodeTypes: typeKeys }) },
        { signal, overlay, deadlineMs: 10_000 },
      );
      const hydrated = await readOn(branch, 'knowledge.hydrate', { keys: [...answer.ids], edges: tuples(answer.edges) }, { signal });
      const place = new Map([...answer.ids].map((key, at) => [key, at]));
      const nodes = hydrated.nodes.map(({ key, ...summary }) => {
        const at = place.get(key) as number;
        return { ...summary, hops: answer.hops[at] as number, degree: answer.degrees[at] as number };
      });
      return {
        nodes,
        edges: hydrated.edges,
        shownNodes: nodes.length,
        totalNodes: answer.totalNodes,
        shownEdges: hydrated.edges.length,
        totalEdges: answer.totalEdges,
        rankedBy: 'hops, then number of neighbours',
      };
    },

    async findPaths({ from, to, directed, maxHops, limit, branch }, { signal }) {
      const overlay = await overlayOf(branch, { signal });
      const { keys } = await readOn(branch, 'knowledge.resolveKeys', { ids: [from, to] }, { signal });
      const answer = await graph.shortestPaths(
        { from: keys[0] as number, to: keys[1] as number, directed, maxHops, limit },
        { signal, overlay, deadlineMs: 20_000 },
      );
      const paths = [];
      for (const path of answer.paths) {
        const { nodes, edges } = await readOn(
          branch,
          'knowledge.hydrate',
          { keys: [...path.nodes], edges: tuples(path.edges) },
          { signal },
        );
        paths.push({ nodes: nodes.map(({ key: _key, ...summary }) => summary), edges });
      }
      return { paths, shown: paths.length, total: answer.total };
    },

    async getGraphSnapshot({ maxNodes }, { signal }) {
      const { degrees, edges, totalNodes, totalEdges } = await graph.snapshot(maxNodes, { signal });
      const body = new Uint8Array(degrees.byteLength + edges.byteLength);
      body.set(new Uint8Array(degrees.buffer, degrees.byteOffset, degrees.byteLength));
      body.set(new Uint8Array(edges.buffer, edges.byteOffset, edges.byteLength), degrees.byteLength);
      return { header: { nodes: degrees.length, edges: edges.length / 2, totalNodes, totalEdges }, body };
    },
  };
}

function tuples({ src, dst, type, rel }: EdgeColumns): [number, number, number, number][] {
  return Array.from(src, (from, at) => [from, dst[at] as number, type[at] as number, rel[at] as number]);
}
