import type { Migration } from '#main/platform/database/migrate.ts';
import { graph } from './0001-graph.ts';
import { scale } from './0003-scale.ts';
import { branches } from './0004-branches.ts';
import { undoLeft } from './0006-undo-left.ts';

export const knowledgeMigrations: readonly Migration[] = [
  { id: 1, name: 'graph', up: graph },
  { id: 3, name: 'scale', up: scale },
  { id: 4, name: 'branches', up: branches },
  { id: 6, name: 'undo-left', up: undoLeft },
];
