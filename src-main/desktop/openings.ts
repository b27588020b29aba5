import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** What the system asks the app to open: a view by a link, files by their paths. */
export interface Opening {
  /** The address of a view in the face, without `#/`. */
  readonly view?: string;
  readonly paths: readonly string[];
}

export const linkScheme = 'redoubt';

/** Views that a link may lead to, with whether something must follow the name. They show; none of them changes anything by being shown. */
const views: Readonly<Record<string, 'alone' | 'named'>> = {
  home: 'alone',
  search: 'alone',
  explore: 'alone',
  matrix: 'alone',
  history: 'alone',
  ledger: 'alone',
  entity: 'named',
  graph: 'named',
};
const longestLink = 2000;

/**
 * The view that `redoubt://entity/attack-pattern--…` or `redoubt://search?q=apt29` leads to; undefined for anything
 * else. Any page or mail may hold such a link, so it is taken apart and put together anew.
 */
export function viewFromLink(link: string): string | undefined {
  if (link.length > longestLink || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  if (url.protocol !== `${linkScheme}:` || url.username !== '' || url.password !== '' || url.port !== '' || url.hash !== '')
    return undefined;
  // Of `redoubt:search` the name is in the path, of `redoubt://search` it is the host.
  const [name = '', ...rest] = [url.host, ...url.pathname.split('/')].filter((part) => part !== '');
  if (!Object.hasOwn(views, name)) return undefined;
  if (views[name] === 'named' ? rest.length !== 1 : rest.length !== 0) return undefined;
  const named = rest.map(decoded);
  if (named.some((part) => part === undefined || !/^[\w.:-]{1,300}$/.test(part))) return undefined;
  const text = name === 'search' ? url.searchParams.get('q') : null;
  const query = text === null ? '' : `?${new URLSearchParams({ q: text.slice(0, 500) })}`;
  return `${[name, ...named.map((part) => encodeURIComponent(part ?? ''))].join('/')}${query}`;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** What a command line asks to open: links and existing files or folders; switches and all else are passed over. */
export function openingOf(args: readonly string[], folder: string): Opening {
  let view: string | undefined;
  const paths: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg.startsWith('-')) continue;
    if (arg.toLowerCase().startsWith(`${linkScheme}:`)) view = viewFromLink(arg) ?? view;
    // The value of `--workspace` is a folder too.
    else if (args[index - 1] !== '--workspace' && isThere(resolve(folder, arg))) paths.push(resolve(folder, arg));
  }
  return view === undefined ? { paths } : { view, paths };
}

function isThere(path: string): boolean {
  try {
    const stats = statSync(path);
    return stats.isFile() || stats.isDirectory();
  } catch {
    return false;
  }
}
