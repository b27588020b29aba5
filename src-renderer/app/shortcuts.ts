import { useEffect, useRef } from 'react';
import { actionOf, go } from '#renderer/ui/index.ts';
import { globalKeys, goKeys } from './keys.ts';

/** Milliseconds in which a letter after `g` still counts. */
const chord = 1_200;

/** Binds the table of keys. Plain letters rest while one types or a dialog is open. */
export function useShortcuts(actions: { palette: () => void; help: () => void }) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let goingSince = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const act = actionOf(globalKeys, event);
      if (act === 'palette') {
        event.preventDefault();
        return latest.current.palette();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
      const going = event.timeStamp - goingSince < chord;
      goingSince = Number.NEGATIVE_INFINITY;
      if (going) {
        const name = actionOf(goKeys, event);
        if (name === undefined) return;
        event.preventDefault();
        return go(`#/${name === 'home' ? '' : name}`);
      }
      if (act === 'go') goingSince = event.timeStamp;
      else if (act === 'keys') {
        // The dialog begins with a field, which the key itself must not fill.
        event.preventDefault();
        latest.current.help();
      } else if (act === 'search') {
        event.preventDefault();
        go('#/search');
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
