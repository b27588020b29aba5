import { create } from 'zustand';

/** The text at hand; it stays while one looks at other views, and is kept nowhere else. */
export const usePasted = create<{ text: string; chosen: ReadonlySet<string>; editing: boolean }>(() => ({
  text: '',
  chosen: new Set(),
  editing: true,
}));

/** Takes a text from the clipboard; the view shows it at once. */
export function offerPaste(text: string): void {
  usePasted.setState({ text, chosen: new Set(), editing: false });
}

export const pasteHref = '#/paste';
