import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Writes the licences of every package that is shipped: the engine's dependencies with theirs, and what the face bundles.
 * `node build/licences.ts` after a package changed; a test compares.
 */

const root = join(import.meta.dirname, '..');
const target = join(root, 'src-renderer', 'app', 'settings', 'licences.ts');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (name: string, from: string): { manifest: Manifest; folder: string } | undefined => {
  for (const base of [join(from, 'node_modules'), join(root, 'node_modules')]) {
    try {
      const folder = join(base, name);
      return { manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest, folder };
    } catch {
      // Not there: it lies further up, or is not installed on this system.
    }
  }
  return undefined;
};

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
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const seen = new Map<string, { name: string; version: string; licence: string }>();
  const waiting = [...Object.keys(own.dependencies ?? {}), ...bundled()].map((name) => ({ name, from: root }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const found = manifestOf(next.name, next.from);
    if (!found) continue;
    const { name, version, license, dependencies = {} } = found.manifest;
    if (seen.has(`${name} ${version}`)) continue;
    const licence = typeof license === 'string' ? license : (license?.type ?? 'see the package');
    seen.set(`${name} ${version}`, { name, version, licence });
    for (const below of Object.keys(dependencies)) waiting.push({ name: below, from: found.folder });
  }
  const rows = [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
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
