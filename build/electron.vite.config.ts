import { join } from 'node:path';
import { defineConfig } from 'electron-vite';

const root = join(import.meta.dirname, '..');
const at = (path: string) => join(root, path);

/** Main process, the engine's process with its helpers, and the preload. The face has its own configuration. */
export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      emptyOutDir: true,
      target: 'node24',
      // A package that is one JSON file: the import's attribute would be lost on the way.
      externalizeDeps: { exclude: ['tlds'] },
      rolldownOptions: {
        input: {
          main: at('src-main/main.ts'),
          'engine-process': at('src-main/engine-process.ts'),
          reader: at('src-main/entries/reader.ts'),
          graph: at('src-main/entries/graph.ts'),
          backup: at('src-main/entries/backup.ts'),
          // Files of their own, so that they run before any package is loaded.
          'guard-on': at('src-main/platform/http/guard-on.ts'),
          'guard-on-desktop': at('src-main/platform/http/guard-on-desktop.ts'),
        },
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      emptyOutDir: true,
      target: 'node24',
      rolldownOptions: {
        input: { index: at('src-preload/index.ts') },
        // A sandboxed preload must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
});
