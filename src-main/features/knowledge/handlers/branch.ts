import type { Branch } from '#shared/contract/knowledge.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';
import { type BranchRecord, branchNumber, branchOf } from '../store/branches/branches.ts';
import {
  createBranch,
  discardBranch,
  mergeBranch,
  proposeBranch,
  renameBranch,
  reopenBranch,
  reviewChanges,
} from '../store/branches/edits.ts';

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

export function branchHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, BranchCall> {
  const { store, read } = parts;
  const shown = (record: BranchRecord): Branch => branchOf(store.database, record);
  /** One word on a branch, as a transaction. */
  const tell = <T>(work: () => T, reason: 'edit' | 'undo' = 'edit'): T => {
    const done = store.transact(work);
    parts.changed(reason);
    return done;
  };

  return {
    listBranches: (input, { signal }) => read('knowledge.branches', input, { signal }),
    getBranch: (input, { signal }) => read('knowledge.branch', input, { signal }),
    getBranchChanges: (input, { signal }) => read('knowledge.branchChanges', input, { signal }),
    createBranch({ name, description }) {
      const id = parts.newId();
      return shown(tell(() => createBranch(store, id, branchNumber(id), name, description)));
    },
    renameBranch: ({ branch, name, description }) => shown(tell(() => renameBranch(store, branch, name, description))),
    proposeBranch: ({ branch }) => shown(tell(() => proposeBranch(store, branch))),
    reopenBranch: ({ branch }) => shown(tell(() => reopenBranch(store, branch))),
    async reviewChanges({ branch, changes, ...decision }) {
      const done = tell(() => reviewChanges(store, branch, changes, decision));
      return { ...done, counts: (await read('knowledge.branch', { branch })).counts };
    },
    mergeBranch({ branch }) {
      const { record, ...done } = tell(() => mergeBranch(store, branch, parts.now()));
      return { ...done, branch: shown(record) };
    },
    discardBranch({ branch }) {
      const { action, record } = tell(() => discardBranch(store, branch));
      return { action, branch: shown(record) };
    },
  };
}
