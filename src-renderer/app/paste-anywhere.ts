import { useEffect } from 'react';
import { offerPaste, pasteHref } from '#renderer/features/intel/index.ts';
import { go } from '#renderer/ui/index.ts';

/** Text pasted outside a field, in whichever view, is taken to the view that recognises it. */
export function usePasteAnywhere() {
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const at = event.target;
      const typing = at instanceof HTMLElement && (at.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(at.tagName));
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (typing || text.trim() === '' || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      offerPaste(text);
      go(pasteHref);
    };
    window.addEventListener('paste', onPaste);
    return () => window.removeEventListener('paste', onPaste);
  }, []);
}
