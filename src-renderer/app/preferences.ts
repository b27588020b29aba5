import { create } from 'zustand';
import { type Locale, locales } from '#renderer/messages/index.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

interface Preferences {
  readonly theme: Theme;
  readonly locale: Locale;
}

const storageKey = 'redoubt.preferences';

/** Harmless wishes of this person on this machine: never anything of the workspace. */
export const usePreferences = create<Preferences>(() => read());

function read(): Preferences {
  const usual: Preferences = { theme: 'system', locale: 'en' };
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return usual;
    const { theme, locale } = kept as Record<string, unknown>;
    return { theme: themes.find((one) => one === theme) ?? usual.theme, locale: locales.find((one) => one === locale) ?? usual.locale };
  } catch {
    return usual;
  }
}

/** Keeps the page's theme in step with the wish and, where the wish is the system's, with the system. */
export function applyPreferences() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme } = usePreferences.getState();
    document.documentElement.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  };
  dark.addEventListener('change', apply);
  usePreferences.subscribe((preferences) => {
    apply();
    try {
      localStorage.setItem(storageKey, JSON.stringify(preferences));
    } catch {
      // A browser that keeps nothing forgets the wish; nothing else is lost.
    }
  });
  apply();
}
