import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';

type Read = 'getStats' | 'search' | 'listEntities' | 'listFacets' | 'getEntity' | 'listVersions' | 'listNeighbours' | 'listImports';

const none = undefined as never;

export function readHandlers({ readOn, imports }: KnowledgeParts): Pick<KnowledgeHandlers, Read> {
  return {
    getStats: (input, { signal }) => readOn(input?.branch, 'knowledge.stats', none, { signal }),
    search: ({ branch, ...input }, { signal }) => readOn(branch, 'knowledge.search', input, { signal, deadlineMs: 10_000 }),
    listEntities: ({ branch, ...input }, { signal }) => readOn(branch, 'knowledge.listEntities', input, { signal }),
    listFacets: (input, { signal }) => readOn(input?.branch, 'knowledge.facets', none, { signal }),
    getEntity: ({ branch, ...input }, { signal }) => readOn(branch, 'knowledge.entity', input, { signal }),
    listVersions: ({ branch, ...input }, { signal }) => readOn(branch, 'knowledge.versions', input, { signal }),
    listNeighbours: ({ branch, ...input }, { signal }) => readOn(branch, 'knowledge.neighbours', input, { signal }),
    listImports: () => imports.list(),
  };
}
