import type { coverage } from '#shared/contract/coverage.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Knowledge } from '../knowledge/index.ts';

export interface CoverageTerms {
  readonly knowledge: Pick<Knowledge, 'read'>;
}

/** What counts as used by the workspace's own threats is said at the read `coverage.matrix`. */
export function createCoverageHandlers({ knowledge }: CoverageTerms): Handlers<{ coverage: typeof coverage }>['coverage'] {
  return { getMatrix: (input, { signal }) => knowledge.read('coverage.matrix', input, { signal }) };
}
