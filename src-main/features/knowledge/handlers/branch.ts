import { ContractError } from '#shared/transport/errors.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';

type BranchCall =
  | 'createBranch'
  | 'listBranches'
  | 'getBranch'
  | 'renameBranch'
  | 'getBranchChanges'
  | 'proposeBranch'
  | 'reopenBranch'
  | 'reviewChanges'
  | 'mergeBranch'
  | 'discardBranch';

export function branchHandlers(_parts: KnowledgeParts): Pick<KnowledgeHandlers, BranchCall> {
  const later = (): never => {
    throw new ContractError('unavailable', 'Branches are not here yet; update Redoubt.');
  };
  return {
    createBranch: later,
    listBranches: later,
    getBranch: later,
    renameBranch: later,
    getBranchChanges: later,
    proposeBranch: later,
    reopenBranch: later,
    reviewChanges: later,
    mergeBranch: later,
    discardBranch: later,
  };
}
