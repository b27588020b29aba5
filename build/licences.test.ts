import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { licencesText } from './licences.ts';

it('the licences in the app are those of the packages that are shipped (else run: node build/licences.ts)', () => {
  const text = readFileSync(join(import.meta.dirname, '..', 'src-renderer', 'app', 'settings', 'licences.ts'), 'utf8');
  expect(text).toBe(licencesText());
  for (const name of ['react', 'three', 'zod', 'better-sqlite3-multiple-ciphers']) expect(text).toContain(`name: '${name}'`);
});
