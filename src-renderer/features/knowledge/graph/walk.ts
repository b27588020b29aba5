import type { Edge, Neighbourhood } from '#shared/contract/knowledge.ts';

type Node = Neighbourhood['nodes'][number];

export interface WalkRow {
  readonly node: Node;
  /** How it hangs on the centre, where it does so directly. */
  readonly relation: { relationshipType: string; direction: 'out' | 'in' } | undefined;
}

/** The nodes of a picture as rows: nearest first, then by links, then by name; the centre leads. */
export function walkRows(nodes: readonly Node[], edges: readonly Edge[], centreId: string): WalkRow[] {
  const relations = new Map<string, WalkRow['relation']>();
  for (const { source, target, relationshipType } of edges) {
    if (source === centreId && !relations.has(target)) relations.set(target, { relationshipType, direction: 'out' });
    else if (target === centreId && !relations.has(source)) relations.set(source, { relationshipType, direction: 'in' });
  }
  return [...nodes]
    .sort(
      (a, b) =>
        Number(b.id === centreId) - Number(a.id === centreId) || a.hops - b.hops || b.degree - a.degree || (a.name < b.name ? -1 : 1),
    )
    .map((node) => ({ node, relation: relations.get(node.id) }));
}

/** Ids of a node's neighbours in the picture, in the order of the rows. */
export function neighboursOf(id: string, rows: readonly WalkRow[], edges: readonly Edge[]): string[] {
  const near = new Set<string>();
  for (const { source, target } of edges) {
    if (source === id) near.add(target);
    else if (target === id) near.add(source);
  }
  near.delete(id);
  return rows.filter(({ node }) => near.has(node.id)).map(({ node }) => node.id);
}

/** Where a walk stands: the node whose neighbours are gone through, and which of them is chosen. */
export interface Walk {
  readonly from: string;
  readonly at: string;
  readonly trail: readonly string[];
}

/** The next (1) or previous (-1) neighbour of the node the walk goes round. */
export function walkAround(walk: Walk, near: readonly string[], step: 1 | -1): Walk {
  if (near.length === 0) return walk;
  const index = near.indexOf(walk.at);
  const next = index < 0 ? near[0] : near[(index + step + near.length) % near.length];
  return { ...walk, at: next ?? walk.at };
}

/** Goes on from the chosen neighbour. */
export function walkInto(walk: Walk): Walk {
  return walk.at === walk.from ? walk : { from: walk.at, at: walk.at, trail: [...walk.trail, walk.from] };
}

/** Goes back to where the walk came from. */
export function walkBack(walk: Walk): Walk {
  if (walk.at !== walk.from) return { ...walk, at: walk.from };
  const back = walk.trail.at(-1);
  return back === undefined ? walk : { from: back, at: walk.from, trail: walk.trail.slice(0, -1) };
}
