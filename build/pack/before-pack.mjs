import { join } from 'node:path';
import { assemble } from './assemble.ts';

/** electron-builder's names of the systems, and of Arch's numbers the two that we build for. */
const platforms = { linux: 'linux', win32: 'win32', darwin: 'darwin' };
const arches = { 1: 'x64', 3: 'arm64' };

/** Called by electron-builder before each target is packed: puts beside the archive what cannot be in it. */
export async function beforePack({ electronPlatformName, arch }) {
  const target = { platform: platforms[electronPlatformName], arch: arches[arch] };
  if (!target.platform || !target.arch) throw new Error(`Redoubt is not packed for ${electronPlatformName} (${arch}).`);
  assemble(target, join(import.meta.dirname, '../../out/packed'));
}
