import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';

type Read = 'getStats' | 'search' | 'listEntities' | 'listFacets' | 'getEntity' | 'listVersions' | 'listNeighbours' | 'listImports';

const none = undefined as never;

export function readHandlers({ read, imports }: KnowledgeParts): Pick<KnowledgeHandlers, Read> {
  return {
    getStats: (_input, { signal }) => read('knowledge.stats', none, { signal }),
    search: (input, { signal }) => read('knowledge.search', input, { signal, deadlineMs: 10_000 }),
    listEntities: (input, { signal }) => read('knowledge.listEntities', input, { signal }),
    listFacets: (_input, { signal }) => read('knowledge.facets', none, { signal }),
    getEntity: (input, { signal }) => read('knowledge.entity', input, { signal }),
    listVersions: (input, { signal }) => read('knowledge.versions', input, { signal }),
    listNeighbours: (input, { signal }) => read('knowledge.neighbours', input, { signal }),
    listImports: () => imports.list(),
  };
}
