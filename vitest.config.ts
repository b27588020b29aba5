import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src-*/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}', 'build/**/*.test.ts'],
    testTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
    coverage: { include: ['src-shared/**/*.ts', 'src-main/{features,platform}/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
});
