import { create } from 'zustand';
import type { ViewPlace } from '#renderer/ui/index.ts';

export interface Route extends ViewPlace {
  /** Name of the view: the first part of the path. */
  readonly name: string;
}

/** Reads a hash: `#/entity/attack-pattern--…?x=1` is view `entity` with one part of rest. Broken escapes stay as they are. */
export function readRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const [name = '', ...rest] = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { name: name === '' ? 'home' : name, rest: rest.filter((part) => part !== ''), query: new URLSearchParams(query) };
}

export const useRoute = create<Route>(() => readRoute(typeof location === 'undefined' ? '' : location.hash));

if (typeof window !== 'undefined') window.addEventListener('hashchange', () => useRoute.setState(readRoute(location.hash), true));
