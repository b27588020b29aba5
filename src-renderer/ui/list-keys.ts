import { actionOf, type KeyRow } from './keys.ts';

export type ListAct = 'down' | 'up' | 'pageDown' | 'pageUp' | 'first' | 'last' | 'open' | 'pick';

/** Keys of every list and table; those that a list has no use for it leaves alone. */
export const listKeys: readonly KeyRow<ListAct>[] = [
  { key: 'ArrowDown', what: 'help.rowDown', act: 'down' },
  { key: 'ArrowUp', what: 'help.rowUp', act: 'up' },
  { key: 'PageDown', what: 'help.pageDown', act: 'pageDown' },
  { key: 'PageUp', what: 'help.pageUp', act: 'pageUp' },
  { key: 'Home', what: 'help.first', act: 'first' },
  { key: 'End', what: 'help.last', act: 'last' },
  { key: 'Enter', what: 'help.open', act: 'open' },
  { key: 'Space', what: 'help.pick', act: 'pick' },
];

/** What a key does in a list. */
export const listAct = (event: Parameters<typeof actionOf>[1]): ListAct | undefined => actionOf(listKeys, event);

/** Sends the form one writes in, from any of its fields. */
export const sendKeys: readonly KeyRow<'send'>[] = [{ key: 'Ctrl+Enter', what: 'help.send', act: 'send' }];
