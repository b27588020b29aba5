import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  optionalDependencies?: Record<string, string>;
  [more: string]: unknown;
}
export interface Lockfile {
  packages: Record<string, Entry>;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * Names in the lockfile the optional packages of other systems that the registry at hand does
 * not have: npm 11 refuses `npm ci` where one is missing, on any system. They stand there by
 * their exact version, without a hash. Answers with the names that were added.
 */
export function completeLockfile({ packages }: Lockfile): string[] {
  const added: string[] = [];
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const nested = `${path}/node_modules/${name}`;
      if (packages[nested] || packages[`node_modules/${name}`] || !/^\d+\.\d+\.\d+[\w.-]*$/.test(version)) continue;
      const parts = name.split(/[/-]/);
      const os = systems.find((system) => parts.includes(system));
      const cpu = processors.find((processor) => parts.includes(processor));
      if (!os || !cpu) continue;
      const libc = parts.includes('musl') ? { libc: ['musl'] } : parts.includes('gnu') ? { libc: ['glibc'] } : {};
      packages[`node_modules/${name}`] = { version, cpu: [cpu], ...(dev ? { dev } : {}), ...libc, optional: true, os: [os] };
      added.push(name);
    }
  }
  return added;
}

/** The same lockfile with its packages in npm's order. */
export function sorted(lockfile: Lockfile): Lockfile {
  const packages = Object.fromEntries(Object.entries(lockfile.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
  return { ...lockfile, packages };
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '..', 'package-lock.json');
  const lockfile = JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
  const added = completeLockfile(lockfile);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(sorted(lockfile), null, 2)}\n`);
  console.log(`${added.length} packages of other systems added to package-lock.json`);
}
