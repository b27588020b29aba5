import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describePackage, productionPaths, readLock } from './pack/shipped.ts';

/*
 * Writes the licences that Settings shows: the engine's packages, and what the face imports with all below it.
 * `node build/licences.ts` after a package changed; a test compares.
 */

const root = join(import.meta.dirname, '..');
const target = join(root, 'src-renderer', 'app', 'settings', 'licences.ts');

/** Packages that the face's own files import. */
function bundled(): string[] {
  const names = new Set<string>();
  const room = join(root, 'src-renderer');
  for (const file of readdirSync(room, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:tsx?|css)$/.test(file) || /\.test\./.test(file)) continue;
    for (const [, found = ''] of readFileSync(join(room, file), 'utf8').matchAll(/(?:from|import) '((?:@[\w-]+\/)?[\w-][\w.-]*)/g))
      names.add(found);
  }
  return [...names];
}

export function licencesText(): string {
  const lock = readLock(root);
  const paths = new Set(productionPaths(lock));
  const waiting = bundled().map((name) => `node_modules/${name}`);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const locked = lock[path];
    if (paths.has(path) || !locked) continue;
    paths.add(path);
    for (const name of Object.keys(locked.dependencies ?? {})) {
      const own = `${path}/node_modules/${name}`;
      waiting.push(lock[own] ? own : `node_modules/${name}`);
    }
  }
  const rows = [...paths]
    .map((path) => describePackage(root, path, lock[path]))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return `export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Written by build/licences.ts from package data. */
export const licences: readonly Licence[] = [
${rows.map(({ name, version, licence }) => `  { name: ${quoted(name)}, version: ${quoted(version)}, licence: ${quoted(licence)} },`).join('\n')}
];
`;
}

if (import.meta.main) writeFileSync(target, licencesText());
