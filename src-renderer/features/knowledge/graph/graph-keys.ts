import type { KeyRow } from '#renderer/ui/index.ts';

export type GraphAct = 'next' | 'previous' | 'into' | 'back' | 'focus' | 'expand' | 'paths';

/** Keys of the picture and its table. */
export const graphKeys: readonly KeyRow<GraphAct>[] = [
  { key: 'ArrowRight', what: 'help.nextNeighbour', act: 'next' },
  { key: 'ArrowLeft', what: 'help.previousNeighbour', act: 'previous' },
  { key: 'Space', what: 'help.into', act: 'into' },
  { key: 'Backspace', what: 'help.back', act: 'back' },
  { key: 'f', what: 'help.focus', act: 'focus' },
  { key: 'e', what: 'help.expand', act: 'expand' },
  { key: 'p', what: 'help.paths', act: 'paths' },
];
