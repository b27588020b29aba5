import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Plugin } from 'vite';

/** Notes which packages a bundle took code from, as their paths in the lockfile: the bill of materials is made of it. */
export function notePackages(root: string, file: string): Plugin {
  return {
    name: 'note-packages',
    generateBundle(_options, bundle) {
      const packages = new Set<string>();
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue;
        for (const id of chunk.moduleIds) {
          const path = relative(root, id.replace(/^\0/, '').split('?')[0] ?? '').replaceAll('\\', '/');
          const found = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
          if (found !== undefined && !found.startsWith('..')) packages.add(found);
        }
      }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify([...packages].sort(), null, 2)}\n`);
    },
  };
}
