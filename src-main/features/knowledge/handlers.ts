import type { knowledge } from '#shared/contract/knowledge.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import { branchHandlers } from './handlers/branch.ts';
import { editHandlers } from './handlers/edit.ts';
import { exportHandlers } from './handlers/export.ts';
import { graphHandlers } from './handlers/graph.ts';
import { historyHandlers } from './handlers/history.ts';
import { importHandlers } from './handlers/import.ts';
import { readHandlers } from './handlers/read.ts';
import { savedViewHandlers } from './handlers/saved-view.ts';
import type { KnowledgeParts } from './knowledge.ts';

export type KnowledgeHandlers = Handlers<{ knowledge: typeof knowledge }>['knowledge'];

export function createKnowledgeHandlers(parts: KnowledgeParts): KnowledgeHandlers {
  return {
    ...readHandlers(parts),
    ...graphHandlers(parts),
    ...importHandlers(parts),
    ...exportHandlers(parts),
    ...editHandlers(parts),
    ...historyHandlers(parts),
    ...branchHandlers(parts),
    ...savedViewHandlers(parts),
  };
}
