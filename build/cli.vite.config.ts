import { join } from 'node:path';
import { defineConfig } from 'vite';
import { notePackages } from './pack/note-packages.ts';

const root = join(import.meta.dirname, '..');
const at = (path: string) => join(root, path);

/** The command line of an installed Redoubt: everything in it but the two packages of native code. */
export default defineConfig({
  root,
  cacheDir: at('.cache/vite-cli'),
  plugins: [notePackages(root, at('out/cli-packages.json'))],
  build: {
    outDir: at('out/cli'),
    emptyOutDir: true,
    target: 'node24',
    ssr: true,
    minify: false,
    rolldownOptions: {
      input: {
        redoubt: at('src-main/cli.ts'),
        reader: at('src-main/entries/reader.ts'),
        graph: at('src-main/entries/graph.ts'),
        backup: at('src-main/entries/backup.ts'),
        // A file of its own, so that it runs before any package is loaded.
        'guard-on': at('src-main/platform/http/guard-on.ts'),
      },
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['better-sqlite3-multiple-ciphers', '@node-rs/argon2'] },
});
