import type { HistoryEntry } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import { takeBack } from '../import/take-back.ts';
import type { KnowledgeParts } from '../knowledge.ts';
import { branchToEdit } from '../store/branches/edits.ts';
import { resolveConflict, revertObject } from '../edit/revert.ts';

type HistoryCall =
  | 'listHistory'
  | 'undo'
  | 'redo'
  | 'getActivity'
  | 'getEntityAt'
  | 'listEntitiesAt'
  | 'diffTimes'
  | 'compareVersions'
  | 'getPropertyProvenance'
  | 'revertObject'
  | 'listConflicts'
  | 'resolveConflict';

/** Objects from which on an undo is a job of the list: seen as it goes, and cancelled as a whole. */
const WORTH_A_JOB = 5_000;

export function historyHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, HistoryCall> {
  const { store, imports, jobs, read, readAt, readOn } = parts;

  const settle = async (action: string | undefined, undone: boolean, branch: string | undefined): Promise<HistoryEntry> => {
    const wanted = action ?? (await read('knowledge.lastAction', { undone: !undone, branch }));
    if (wanted === undefined) throw new ContractError('not_found', undone ? 'There is nothing to undo.' : 'There is nothing to redo.');
    const importId = imports.ofAction(wanted);
    const along = (isUndone: boolean) => {
      if (importId !== undefined) imports.setState(importId, isUndone ? 'undone' : 'done');
    };
    try {
      if (store.settling.totalOf(wanted) < WORTH_A_JOB) await takeBack(store, wanted, undone, { along });
      else {
        const jobId = jobs.start(undone ? 'Undo a large change' : 'Redo a large change', ({ signal, progress }) =>
          takeBack(store, wanted, undone, { along, signal, progress }),
        );
        await jobs.settled(jobId);
        jobs.result(jobId);
      }
    } finally {
      parts.changed('undo');
    }
    const entry = await read('knowledge.historyEntry', { action: wanted });
    if (!entry) throw new ContractError('not_found', 'This action is not in the history.');
    return entry;
  };
  return {
    listHistory: (input, { signal }) => read('knowledge.history', input, { signal }),
    undo: ({ action, branch }) => settle(action, true, branch),
    redo: ({ action, branch }) => settle(action, false, branch),
    getActivity: (input, { signal }) => read('knowledge.activity', input, { signal }),
    getEntityAt: ({ id, at }, { signal }) => readAt(at, 'knowledge.entity', { id }, { signal }),
    async listEntitiesAt({ at, ...input }, { signal }) {
      const page = await readAt(at, 'knowledge.listNamed', input, { signal });
      return { ...page, at: await read('knowledge.momentTime', { at }, { signal }) };
    },
    diffTimes: (input, { signal }) => read('knowledge.diffTimes', input, { signal }),
    compareVersions: (input, { signal }) => read('knowledge.compareVersions', input, { signal }),
    getPropertyProvenance: (input, { signal }) => read('knowledge.propertyProvenance', input, { signal }),
    listConflicts: (input, { signal }) => read('knowledge.conflicts', input, { signal }),
    async revertObject({ id, at, branch: on }) {
      const key = store.rows.keyOf(id);
      if (key === undefined) throw new ContractError('not_found', `There is no object ${id} in this workspace.`);
      const branch = branchToEdit(store, on, [key]);
      const action = store.transact(() => revertObject(store, key, id, at, branch));
      if (action === undefined) throw new ContractError('conflict', 'The object is as it was then; there is nothing to take back.');
      parts.changed('edit');
      return { ...(await readOn(on, 'knowledge.entity', { id })), action };
    },
    async resolveConflict({ id, property, take, operation, value }) {
      const action = store.transact(() => resolveConflict(store, id, property, { take, operation, value }));
      parts.changed('edit');
      return { ...(await read('knowledge.entity', { id })), action };
    },
  };
}
