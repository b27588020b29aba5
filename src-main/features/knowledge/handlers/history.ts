import type { HistoryEntry } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import { takeBack } from '../import/import-items.ts';
import type { KnowledgeParts } from '../knowledge.ts';

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

export function historyHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, HistoryCall> {
  const { store, imports, read } = parts;

  const settle = async (action: string | undefined, undone: boolean, branch: string | undefined): Promise<HistoryEntry> => {
    const wanted = action ?? (await read('knowledge.lastAction', { undone: !undone, branch }));
    if (wanted === undefined) throw new ContractError('not_found', undone ? 'There is nothing to undo.' : 'There is nothing to redo.');
    await takeBack(store, wanted, undone);
    const importId = imports.ofAction(wanted);
    if (importId !== undefined) store.transact(() => imports.setState(importId, undone ? 'undone' : 'done'));
    parts.changed('undo');
    const entry = await read('knowledge.historyEntry', { action: wanted });
    if (!entry) throw new ContractError('not_found', 'This action is not in the history.');
    return entry;
  };
  const later = (): never => {
    throw new ContractError('unavailable', 'Time travel is not here yet; update Redoubt.');
  };

  return {
    listHistory: (input, { signal }) => read('knowledge.history', input, { signal }),
    undo: ({ action, branch }) => settle(action, true, branch),
    redo: ({ action, branch }) => settle(action, false, branch),
    getActivity: later,
    getEntityAt: later,
    listEntitiesAt: later,
    diffTimes: later,
    compareVersions: later,
    getPropertyProvenance: later,
    revertObject: later,
    listConflicts: later,
    resolveConflict: later,
  };
}
