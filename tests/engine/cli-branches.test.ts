import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../build/launch/setup.mjs';
import { cliIn } from '../fixtures/run-cli.ts';

const heron = 'intrusion-set--0b6f7a52-3c1e-4f0f-8a43-2f6f6d1c9b11';

describe('branches and moments by the command line', { timeout: 300_000 }, () => {
  let folder = '';
  let redoubt: ReturnType<typeof cliIn>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'redoubt-cli-branches-'));
    redoubt = cliIn(folder);
    redoubt('init');
    redoubt('import', join(root, 'tests/e2e/fixtures/face-bundle.json'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('are made, edited, reviewed, merged and taken back', () => {
    expect(redoubt('branch', 'create', 'What if', '--description', 'a try')).toMatchObject({ status: 0, document: { state: 'open' } });
    expect(redoubt('branch', 'create', 'what if').status).toBe(1);
    expect(redoubt('edit', heron, 'name', 'Night Heron', '--branch', 'what if').document).toMatchObject({ name: 'Night Heron' });
    expect(redoubt('tag', heron, 'suspected', '--branch', 'what if').status).toBe(0);
    expect(redoubt('show', heron).document).toMatchObject({ name: 'Grey Heron', tags: [] });
    expect(redoubt('branch', 'merge', 'what if')).toMatchObject({ status: 1, document: { error: { code: 'conflict' } } });
    expect(redoubt('branch', 'propose', 'what if').document).toMatchObject({ state: 'proposed' });
    expect(redoubt('edit', heron, 'name', 'Day Heron').status).toBe(0);
    expect(redoubt('branch', 'show', 'what if').document).toMatchObject({
      counts: { conflicting: 1, undecided: 2 },
      rows: [{ state: 'conflicting', main: 'Day Heron', branch: 'Night Heron', base: 'Grey Heron' }, { kind: 'tag' }],
    });
    expect(redoubt('branch', 'review', 'what if', `${heron}#suspected`, '--reject', '--reason', 'not so').status).toBe(0);
    expect(redoubt('branch', 'review', 'what if', `${heron}/name`, '--accept').status).toBe(1);
    expect(redoubt('branch', 'review', 'what if', `${heron}/name`, '--accept', '--take', 'branch').status).toBe(0);
    const merged = redoubt('branch', 'merge', 'what if');
    expect(merged).toMatchObject({ status: 0, document: { merged: 1, rejected: 1, branch: { state: 'merged' } } });
    expect(redoubt('show', heron).document).toMatchObject({ name: 'Night Heron', tags: [] });
    expect(redoubt('undo', (merged.document as { action: string }).action).status).toBe(0);
    expect(redoubt('show', heron).document).toMatchObject({ name: 'Day Heron' });
    expect(redoubt('branch', 'discard', 'what if').status).toBe(0);
    expect(redoubt('branch', 'list').document).toMatchObject({ rows: [{ name: 'What if', state: 'discarded' }] });
    expect(redoubt('branch', 'review', 'what if', 'nonsense', '--accept').status).toBe(2);
    expect(redoubt('branch', 'show', 'no such one').status).toBe(2);
  });

  it('take what files bring, and give it out again', () => {
    expect(redoubt('branch', 'create', 'Report').status).toBe(0);
    const kev = join(root, 'src-main/features/knowledge/formats/kev/fixtures/catalogue.json');
    const main = redoubt('stats').document;
    const [report] = redoubt('import', kev, '--branch', 'report').document as { created: number; updated: number }[];
    expect(report?.created).toBeGreaterThan(0);
    expect(redoubt('stats').document).toEqual(main);
    expect(redoubt('branch', 'show', 'report').document).toMatchObject({ counts: { added: report?.created } });
    const [out, onMain] = [join(folder, 'branch.json'), join(folder, 'main.json')];
    expect(redoubt('export', '--format', 'stix2.1', '--branch', 'report', '-o', out).status).toBe(0);
    expect(redoubt('export', '--format', 'stix2.1', '-o', onMain).status).toBe(0);
    expect(readFileSync(out, 'utf8')).toContain('x_redoubt_kev');
    expect(readFileSync(onMain, 'utf8')).not.toContain('x_redoubt_kev');
    const brief = join(folder, 'brief.html');
    expect(redoubt('brief', '--branch', 'report', '-o', brief).status).toBe(0);
    expect(readFileSync(brief, 'utf8')).toContain('This is the branch “Report”');
    expect(redoubt('import', kev, '--branch', 'no such one').status).toBe(2);
    expect(redoubt('branch', 'discard', 'report').status).toBe(0);
  });

  it('show what was there, and what has changed since', () => {
    const { rows } = redoubt('history').document as { rows: { action: string; importId?: string }[] };
    const imported = rows.find(({ importId }) => importId !== undefined)?.action ?? '';
    expect(redoubt('history', heron, '--at', imported).document).toMatchObject({ name: 'Grey Heron' });
    const then = redoubt('history', '--at', imported).document as { rows: { name: string }[]; total: number };
    expect(then.rows.map(({ name }) => name)).toContain('Grey Heron');
    expect(redoubt('diff', imported).document).toMatchObject({
      counts: { added: 0, changed: 1, removed: 0 },
      rows: [{ entity: { id: heron }, state: 'changed' }],
    });
    expect(redoubt('diff', 'yesterday-ish').status).toBe(2);
    expect(redoubt('audit', 'verify').status).toBe(0);
  });
});
