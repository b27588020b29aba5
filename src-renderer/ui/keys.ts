import type { MessageKey } from '#renderer/messages/index.ts';

/** One key and what it does: the row that binds it is the row that the keyboard map prints. */
export interface KeyRow<A extends string = string> {
  /** As `keyOf` names it: `Ctrl+K`, `ArrowLeft`, `f`, `?`. */
  readonly key: string;
  readonly what: MessageKey;
  readonly act: A;
}

/** The name of a pressed key; Cmd counts as Ctrl, and letters are small so that Shift or Caps Lock do not matter. */
export function keyOf(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${key}`;
}

export function actionOf<A extends string>(rows: readonly KeyRow<A>[], event: Parameters<typeof keyOf>[0]): A | undefined {
  const key = keyOf(event);
  return rows.find((row) => row.key === key)?.act;
}

const signs: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

/** How a key is written for people. */
export function keyLabel(key: string): string {
  return key
    .split('+')
    .map((part) => (Object.hasOwn(signs, part) ? signs[part] : part.length === 1 && key.includes('+') ? part.toUpperCase() : part))
    .join(' ');
}
