import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) => text.trim().split('\n'));
const commandLines = blocks.filter((line) => line.startsWith('npm run -s redoubt -- '));
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

describe('README.md', () => {
  it('names only scripts that are there, and whose files are', () => {
    expect(blocks.length).toBeGreaterThan(15);
    for (const line of blocks) {
      const name = /^npm (?:run (?:-s )?)?(\S+)/.exec(line)?.[1] ?? '';
      const script = scripts[name];
      expect(script, line).toBeDefined();
      const file = /^node (\S+)/.exec(script ?? '')?.[1];
      if (file) expect(existsSync(join(root, file)), file).toBe(true);
    }
  });

  it('links to files that are there', () => {
    const documents = ['README.md', 'docs/architecture.md', 'src-server/README.md'];
    for (const document of documents)
      for (const [, target = ''] of readFileSync(join(root, document), 'utf8').matchAll(/\]\(([^)#]+)\)/g))
        expect(existsSync(join(root, dirname(document), target)), `${document}: ${target}`).toBe(true);
  });

  it('names folders that are there', () => {
    for (const [, folder = ''] of readme.matchAll(/`([a-z-]+\/)`/g)) expect(existsSync(join(root, folder)), folder).toBe(true);
  });
});

/** The command line's block, line by line, each as it stands there, in one workspace made for it. */
describe('the command line as README.md shows it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-readme-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, REDOUBT_WORKSPACE: join(folder, 'workspace'), REDOUBT_PASSPHRASE: 'correct horse battery' };

  it.each(commandLines)(
    '%s',
    (line) => {
      // What is written goes to the folder made for it, not to the project's.
      const here = line.replace(/ -o (\S+)/, (_, file: string) => ` -o ${join(folder, file)}`);
      const { status, stdout, stderr } = spawnSync(here, { cwd: root, env, shell: true, encoding: 'utf8', timeout: 120_000 });
      expect(status, `${stdout}\n${stderr}`).toBe(0);
      if (here.includes('--json')) expect(() => JSON.parse(stdout) as unknown).not.toThrow();
      if (here.endsWith('ledger --json')) expect(JSON.parse(stdout)).toEqual({ requests: [] });
      const written = / -o (\S+)/.exec(here)?.[1];
      if (written) expect(readFileSync(written, 'utf8').length).toBeGreaterThan(1000);
    },
    150_000,
  );
});
