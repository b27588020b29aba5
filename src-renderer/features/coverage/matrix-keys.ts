import type { KeyRow } from '#renderer/ui/index.ts';

export type MatrixAct = 'down' | 'up' | 'right' | 'left' | 'first' | 'last' | 'subs' | 'open';

/** Keys of the matrix. */
export const matrixKeys: readonly KeyRow<MatrixAct>[] = [
  { key: 'ArrowDown', what: 'help.cellDown', act: 'down' },
  { key: 'ArrowUp', what: 'help.cellUp', act: 'up' },
  { key: 'ArrowRight', what: 'help.nextTactic', act: 'right' },
  { key: 'ArrowLeft', what: 'help.previousTactic', act: 'left' },
  { key: 'Home', what: 'help.firstCell', act: 'first' },
  { key: 'End', what: 'help.lastCell', act: 'last' },
  { key: 'Space', what: 'help.subs', act: 'subs' },
  { key: 'Enter', what: 'help.open', act: 'open' },
];
