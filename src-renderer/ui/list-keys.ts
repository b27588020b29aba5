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

/** Leaves what is open: a form without saving, a menu, a dialog. */
export const leaveKeys: readonly KeyRow<'leave'>[] = [{ key: 'Escape', what: 'help.escape', act: 'leave' }];

/** Sends the form one writes in, from any of its fields. */
export const sendKeys: readonly KeyRow<'send'>[] = [{ key: 'Ctrl+Enter', what: 'help.send', act: 'send' }];

/** Within a form. Tab is the browser's own; the others are bound by the fields that know them. */
export const formKeys: readonly KeyRow<'next' | 'line' | 'takeLast'>[] = [
  { key: 'Tab', what: 'help.nextField', act: 'next' },
  { key: 'Enter', what: 'help.line', act: 'line' },
  { key: 'Backspace', what: 'help.takeLast', act: 'takeLast' },
];

/** What a key does in a form. */
export const formAct = (event: Parameters<typeof actionOf>[1]) => actionOf([...sendKeys, ...leaveKeys, ...formKeys], event);

/** Binds sending and leaving to a form, by the table that the keyboard map prints. */
export const onFormKey =
  (acts: { readonly send?: () => unknown; readonly leave?: () => unknown }) =>
  (event: Parameters<typeof actionOf>[1]): void => {
    const act = formAct(event);
    if (act === 'send') acts.send?.();
    else if (act === 'leave') acts.leave?.();
  };
