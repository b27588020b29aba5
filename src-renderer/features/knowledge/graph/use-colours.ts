import { useEffect, useState, useSyncExternalStore } from 'react';

/** Colour tokens as the scene needs them: values, read anew when the theme changes. */
export function useColours() {
  const [values, setValues] = useState(read);
  useEffect(() => {
    const watch = new MutationObserver(() => setValues(read()));
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => watch.disconnect();
  }, []);
  return values;
}

function read() {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    scene: { background: value('--stage'), ink: value('--ink'), link: value('--line-strong'), active: value('--accent') },
    token: value,
  };
}

const motion = '(prefers-reduced-motion: reduce)';

export function useReducedMotion(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(motion);
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia(motion).matches || document.documentElement.dataset.motion === 'reduced',
  );
}
