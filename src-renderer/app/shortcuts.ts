import { useEffect, useRef } from 'react';
import { go } from '#renderer/ui/index.ts';
import { views } from './features.ts';

/** Milliseconds in which a letter after `g` still counts. */
const chord = 1_200;

/** Keys that work everywhere: Ctrl or Cmd+K, `/`, `?`, and `g` followed by a view's letter. Plain letters rest while one types. */
export function useShortcuts(actions: { palette: () => void; help: () => void }) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    let goingSince = 0;
    const onKey = (event: KeyboardEvent) => {
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && !event.altKey && key === 'k') {
        event.preventDefault();
        return latest.current.palette();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]')) return;
      const going = event.timeStamp - goingSince < chord;
      goingSince = 0;
      if (going) {
        const view = views.find((one) => one.letter === key);
        if (!view) return;
        event.preventDefault();
        return go(`#/${view.name === 'home' ? '' : view.name}`);
      }
      if (key === 'g') goingSince = event.timeStamp;
      else if (event.key === '?') latest.current.help();
      else if (event.key === '/') {
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
