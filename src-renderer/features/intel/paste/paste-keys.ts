import type { KeyRow } from '#renderer/ui/index.ts';

export type PasteAct = 'down' | 'up' | 'keep' | 'sure';

/** Keys of the hits of a paste. `keep` is what the browser does with a box. */
export const pasteKeys: readonly KeyRow<PasteAct>[] = [
  { key: 'ArrowDown', what: 'help.rowDown', act: 'down' },
  { key: 'ArrowUp', what: 'help.rowUp', act: 'up' },
  { key: 'Space', what: 'help.keepHit', act: 'keep' },
  { key: 'a', what: 'help.keepSure', act: 'sure' },
];
