import type { coverage } from '#shared/contract/coverage.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Knowledge } from '../knowledge/index.ts';

export interface CoverageTerms {
  readonly knowledge: Pick<Knowledge, 'read' | 'onBranch'>;
}

/** What counts as used by the workspace's own threats is said at the read `coverage.matrix`. */
export function createCoverageHandlers({ knowledge }: CoverageTerms): Handlers<{ coverage: typeof coverage }>['coverage'] {
  return {
    getMatrix: ({ branch, ...input }, { signal }) =>
      (branch === undefined ? knowledge : knowledge.onBranch(branch)).read('coverage.matrix', input, { signal }),
  };
}
