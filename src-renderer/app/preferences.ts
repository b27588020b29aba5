import { create } from 'zustand';
import { type DateFormat, dateFormats, type Locale, locales } from '#renderer/messages/index.ts';

export const themes = ['system', 'light', 'dark'] as const;
export const densities = ['comfortable', 'compact'] as const;
export const motions = ['system', 'reduced'] as const;
/** Minutes without a key or a pointer after which the workspace locks; 0 is never. */
export const idleChoices = [0, 5, 15, 30, 60] as const;
export type Theme = (typeof themes)[number];

export interface Preferences {
  readonly theme: Theme;
  readonly locale: Locale;
  readonly density: (typeof densities)[number];
  readonly motion: (typeof motions)[number];
  readonly dates: DateFormat;
  readonly idleMinutes: (typeof idleChoices)[number];
  /** Groups of the rail that are folded. */
  readonly folded: readonly string[];
}

const storageKey = 'redoubt.preferences';
const usual: Preferences = {
  theme: 'system',
  locale: 'en',
  density: 'comfortable',
  motion: 'system',
  dates: 'language',
  idleMinutes: 30,
  folded: [],
};

/** Harmless wishes of this person on this machine: never anything of the workspace. */
export const usePreferences = create<Preferences>(() => read());

function read(): Preferences {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return usual;
    const wish = kept as Record<string, unknown>;
    const among = <V>(choices: readonly V[], name: keyof Preferences, fallback: V) => choices.find((one) => one === wish[name]) ?? fallback;
    return {
      theme: among(themes, 'theme', usual.theme),
      locale: among(locales, 'locale', usual.locale),
      density: among(densities, 'density', usual.density),
      motion: among(motions, 'motion', usual.motion),
      dates: among(dateFormats, 'dates', usual.dates),
      idleMinutes: among(idleChoices, 'idleMinutes', usual.idleMinutes),
      folded: Array.isArray(wish.folded) ? wish.folded.filter((one) => typeof one === 'string').slice(0, 20) : [],
    };
  } catch {
    return usual;
  }
}

/** Keeps the page in step with the wishes and, where the wish is the system's, with the system. */
export function applyPreferences() {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme, density, motion } = usePreferences.getState();
    const { dataset } = document.documentElement;
    dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    dataset.density = density;
    dataset.motion = motion;
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
