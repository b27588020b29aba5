import { matrixKeys } from '#renderer/features/coverage/matrix-keys.ts';
import { pasteKeys } from '#renderer/features/intel/index.ts';
import { graphKeys, undoKeys } from '#renderer/features/knowledge/index.ts';
import type { MessageKey } from '#renderer/messages/index.ts';
import { formKeys, type KeyRow, leaveKeys, listKeys, sendKeys } from '#renderer/ui/index.ts';
import { places } from './places.ts';

export type GlobalAct = 'palette' | 'keys' | 'search' | 'go' | 'leave' | 'none';

/** Keys that work everywhere. `none` is bound where it belongs: the browser's own, or the view that listens for a paste. */
export const globalKeys: readonly KeyRow<GlobalAct>[] = [
  { key: 'Ctrl+k', what: 'help.palette', act: 'palette' },
  { key: '/', what: 'help.search', act: 'search' },
  { key: '?', what: 'help.help', act: 'keys' },
  { key: 'g', what: 'help.goThen', act: 'go' },
  { key: 'Ctrl+v', what: 'help.paste', act: 'none' },
  ...leaveKeys,
];

/** After `g`. */
export const goKeys: readonly KeyRow[] = places.flatMap(({ letter, title, name }) =>
  letter ? [{ key: letter, what: title, act: name }] : [],
);

export interface KeyGroup {
  readonly title: MessageKey;
  /** Pressed before each. */
  readonly before?: string;
  readonly rows: readonly KeyRow[];
}

/** The whole keyboard, for the map and for the test that no key means two things in one place. */
export const keyGroups: readonly KeyGroup[] = [
  { title: 'help.everywhere', rows: [...globalKeys, ...undoKeys, ...sendKeys] },
  { title: 'help.go', before: 'g', rows: goKeys },
  { title: 'help.lists', rows: listKeys },
  { title: 'help.forms', rows: formKeys },
  { title: 'graph.title', rows: graphKeys },
  { title: 'nav.matrix', rows: matrixKeys },
  { title: 'nav.paste', rows: pasteKeys },
];
