import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './assemble.ts';

/** One package whose code, or part of it, is in an installed Redoubt. */
export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The text of its licence file; absent where it brings none. */
  readonly text?: string;
  /** Subresource integrity of its tarball, from the lockfile. */
  readonly integrity?: string;
}

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, Locked>>;

export const readLock = (root: string): Lock =>
  (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock }).packages;

/** The lockfile's paths of the packages that the engine needs at run time, on every system. */
export const productionPaths = (lock: Lock): string[] =>
  Object.entries(lock).flatMap(([path, { dev, optional }]) => (path !== '' && !dev && !optional ? [path] : []));

/** Where the builds note the packages that they bundled: one JSON list of lockfile paths a build. */
export const bundledNotes = ['out/renderer-packages.json', 'out/cli-packages.json'];

/** The program and the runtime that packing adds; they are no dependencies. */
const runtimes = (target: Target) => [
  'node_modules/electron',
  `node_modules/node-${target.platform === 'win32' ? 'win' : target.platform}-${target.arch}`,
];

/**
 * Every package in an installed Redoubt: production dependencies, what the face's bundle took in, Electron and the
 * command line's Node. Sorted by name. Throws where a build's note is missing: a list with holes would be no list.
 */
export function shippedPackages(root: string, target: Target): ShippedPackage[] {
  const lock = readLock(root);
  const paths = new Set<string>([...runtimes(target), ...productionPaths(lock)]);
  for (const note of bundledNotes) {
    if (!existsSync(join(root, note))) throw new Error(`${note} is missing; run “npm run build” first.`);
    for (const path of JSON.parse(readFileSync(join(root, note), 'utf8')) as string[]) paths.add(path);
  }
  // Of the packages with native code by system only the target's own.
  paths.add(
    `node_modules/@node-rs/argon2-${target.platform}-${target.arch}${{ linux: '-gnu', win32: '-msvc', darwin: '' }[target.platform]}`,
  );
  return [...paths]
    .filter((path) => existsSync(join(root, path)))
    .map((path) => describePackage(root, path, lock[path]))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

/** A package as its own manifest and licence file say, by its path in the lockfile. */
export function describePackage(root: string, path: string, locked: Locked | undefined): ShippedPackage {
  const own = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as { name: string; version: string; license?: unknown };
  const file = readdirSync(join(root, path))
    .filter((name) => /^(?:licen[cs]e|copying)(?:[.-]|$)/i.test(name))
    .sort()[0];
  return {
    name: own.name,
    version: own.version,
    licence: typeof own.license === 'string' ? own.license : (locked?.license ?? 'see its licence text'),
    ...(file === undefined
      ? {}
      : {
          text: readFileSync(join(root, path, file), 'utf8')
            .replaceAll('\r\n', '\n')
            .trim(),
        }),
    ...(locked?.integrity === undefined ? {} : { integrity: locked.integrity }),
  };
}

/** The licences of all, each text once, with the packages that it covers. */
export function licencesText(packages: readonly ShippedPackage[]): string {
  const byText = new Map<string, ShippedPackage[]>();
  for (const one of packages) {
    const text = one.text ?? `${one.licence} (the package brings no licence text)`;
    byText.set(text, [...(byText.get(text) ?? []), one]);
  }
  const parts = [...byText].map(
    ([text, covered]) => `${covered.map(({ name, version, licence }) => `${name} ${version} (${licence})`).join('\n')}\n\n${text}\n`,
  );
  return `Redoubt contains the following packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** A CycloneDX 1.6 bill of materials. No time and no random serial number: the same packages give the same bytes. */
export function softwareBill(root: string, packages: readonly ShippedPackage[]): object {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': `pkg:npm/${name}@${version}`, name, version } },
    components: packages.map((one) => {
      const purl = `pkg:npm/${one.name.replace('@', '%40')}@${one.version}`;
      const hash = /^sha512-(.+)$/.exec(one.integrity ?? '')?.[1];
      return {
        type: 'library',
        'bom-ref': purl,
        name: one.name,
        version: one.version,
        purl,
        licenses: [/^[\w.+-]+$/.test(one.licence) ? { license: { id: one.licence } } : { expression: one.licence }],
        ...(hash === undefined ? {} : { hashes: [{ alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex') }] }),
      };
    }),
  };
}
