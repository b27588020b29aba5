import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const planted = join('.cache', `planted-lint-${process.pid}`);

/** Rule, file, what breaks it. The first three are mistakes with promises, seen through the contract's mapped client type. */
const breaches: [rule: string, file: string, text: string][] = [
  ['no-floating-promises', 'src-main/a.ts', `import { client } from './client.ts';\nclient.jobs.list();`],
  ['no-misused-promises', 'src-main/b.ts', `import { client } from './client.ts';\nif (client.jobs.list()) throw new Error('always');`],
  [
    'await-thenable',
    'src-main/c.ts',
    `import { client } from './client.ts';\nexport const off = await client.jobs.onProgressed(() => undefined);`,
  ],
  ['no-explicit-any', 'src-main/d.ts', 'export const value: any = 1;'],
  ['ban-ts-comment', 'src-main/e.ts', '// @ts-ignore\nexport const value: string = 1;'],
  ['no-default-export', 'src-main/f.ts', 'export default 1;'],
  ['no-restricted-properties', 'src-main/g.ts', 'export const leak = (database: { serialize(): Uint8Array }) => database.serialize();'],
  ['no-restricted-globals', 'src-main/h.ts', `export const call = () => fetch('http://127.0.0.1');`],
  ['no-console', 'src-main/i.ts', `console.log('here');`],
  ['no-eval', 'src-main/j.ts', `eval('1');`],
  ['no-throw-literal', 'src-main/k.ts', `export const fail = () => { throw 'text'; };`],
  ['switch-exhaustiveness-check', 'src-main/l.ts', `export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 0; }`],
  ['prefer-node-protocol', 'src-main/m.ts', `export { join } from 'path';`],
  ['no-restricted-properties', 'src-shared/domain/a.ts', 'export const at = () => Date.now();'],
  ['no-restricted-properties', 'src-shared/domain/b.ts', 'export const lot = () => Math.random();'],
  ['no-restricted-globals', 'src-shared/domain/c.ts', 'export const id = () => crypto.randomUUID();'],
  ['no-restricted-globals', 'src-renderer/app/a.ts', `export const call = () => fetch('http://127.0.0.1');`],
  [
    'no-danger',
    'src-renderer/app/b.tsx',
    'export const Bad = ({ html }: { html: string }) => <p dangerouslySetInnerHTML={{ __html: html }} />;',
  ],
  ['alt-text', 'src-renderer/app/c.tsx', 'export const Bad = () => <img src="a.png" />;'],
];

describe('lint', () => {
  let found: { code: string; filename: string }[] = [];

  beforeAll(() => {
    const plant = (file: string, text: string) => {
      mkdirSync(dirname(join(root, planted, file)), { recursive: true });
      writeFileSync(join(root, planted, file), `${text}\n`);
    };
    for (const [, file, text] of breaches) plant(file, text);
    plant(
      'src-main/client.ts',
      `import { contract } from '#shared/contract/index.ts';\nimport { createClient } from '#shared/transport/client.ts';\n` +
        `import { memoryChannel } from '#shared/transport/memory-channel.ts';\nexport const client = createClient(contract, memoryChannel()[0]);`,
    );
    const config = { extends: '../../tsconfig.base.json', compilerOptions: { lib: ['es2024', 'dom'], types: ['node'], jsx: 'react-jsx' } };
    plant('tsconfig.json', JSON.stringify(config));
    const oxlint = join(dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint');
    const files = [...breaches.map(([, file]) => file), 'src-main/client.ts'].map((file) => join(planted, file));
    let output: string;
    try {
      output = execFileSync(process.execPath, [oxlint, '--type-aware', '--no-ignore', '-c', '.oxlintrc.json', '-f', 'json', ...files], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
      });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    found = (JSON.parse(output) as { diagnostics: typeof found }).diagnostics;
  }, 60_000);
  afterAll(() => rmSync(join(root, planted), { recursive: true, force: true }));

  it.each(breaches)('%s: finds %s', (rule, file) => {
    const here = found.filter(({ filename }) => filename.replaceAll('\\', '/').endsWith(`/${file}`)).map(({ code }) => code);
    expect(here.join(' ')).toContain(`(${rule})`);
  });

  it('leaves a file without mistakes alone', () => {
    expect(found.filter(({ filename }) => filename.endsWith('client.ts'))).toEqual([]);
  });
});
