import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { requireWritable, root, SetupError } from './setup.mjs';

const inputs = ['src-renderer', 'src-shared', 'build/vite.renderer.config.ts', 'package.json', 'package-lock.json'];
const output = join(root, 'out', 'renderer');
const stamp = join(root, 'out', 'renderer.stamp');

/** @returns {boolean} whether out/renderer was built from the sources as they are now */
export function faceIsFresh() {
  try {
    return (
      existsSync(join(output, 'index.html')) &&
      existsSync(join(root, 'out', 'renderer-packages.json')) &&
      readFileSync(stamp, 'utf8') === hashOfInputs()
    );
  } catch {
    return false;
  }
}

/**
 * Builds the face into out/renderer where its sources changed since the last time, silently.
 * Needs Node 24; call it in a process of that.
 */
export async function buildFace() {
  if (!existsSync(join(root, 'src-renderer', 'index.html')))
    throw new SetupError('src-renderer/index.html is missing; restore it with git checkout src-renderer.');
  const hash = hashOfInputs();
  if (faceIsFresh()) return false;
  requireWritable(root);
  mkdirSync(join(root, 'out'), { recursive: true });
  rmSync(stamp, { force: true });
  try {
    const { build } = await import('vite');
    await build({ configFile: join(root, 'build', 'vite.renderer.config.ts'), logLevel: 'error' });
  } catch (error) {
    throw new SetupError(`The face could not be built: ${error instanceof Error ? error.message : error}`);
  }
  writeFileSync(stamp, hash);
  return true;
}

function hashOfInputs() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesOf(join(root, input))) {
      hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true, recursive: true });
  } catch {
    return [path];
  }
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
