import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { notePackages } from './pack/note-packages.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The graph library adds <style> elements when loaded; the strict policy would refuse them, so its rules stand in scene/ instead. */
const noInjectedStyles: Plugin = {
  name: 'no-injected-styles',
  transform(code) {
    return code.includes('styleInject(css_') ? code.replace(/\bstyleInject\(css_[\w$]+\)/g, 'void 0') : undefined;
  },
};

export default defineConfig({
  root: at('../src-renderer'),
  base: './',
  plugins: [react(), noInjectedStyles, notePackages(at('..'), at('../out/renderer-packages.json'))],
  cacheDir: at('../.cache/vite-renderer'),
  build: {
    outDir: at('../out/renderer'),
    emptyOutDir: true,
    target: 'chrome120',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
});
