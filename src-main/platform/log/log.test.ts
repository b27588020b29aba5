import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog, fileWriter, joinLogs } from './log.ts';

const now = () => Date.UTC(2026, 10, 23);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function recorded(least?: 'warn') {
  const lines: string[] = [];
  return { lines, log: createLog({ now, write: (_level, line) => lines.push(line), ...(least ? { least } : {}) }) };
}

describe('the log', () => {
  it('writes one line with time, level and details', () => {
    const { lines, log } = recorded();
    log.info('imported', { objects: 3, size: 10n });
    expect(lines).toEqual(['2026-11-23T00:00:00.000Z info imported {"objects":3,"size":"10"}']);
  });

  it('never writes what is named like a secret, at any depth', () => {
    const { lines, log } = recorded();
    log.warn('x', { passphrase: 'open sesame', nested: { recoveryCode: 'open sesame', token: 'open sesame', key: 'open sesame' } });
    expect(lines.join()).not.toContain('open sesame');
  });

  it('keeps a line a line, and a terminal safe', () => {
    const { lines, log } = recorded();
    log.error('bad\nname\u001b[31m', new Error('a\r\nb'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\n\r\u001b]/);
    expect(lines[0]).toContain('bad | name?[31m');
  });

  it('says the cause of an error', () => {
    const { lines, log } = recorded();
    log.error('x', new Error('outer', { cause: new Error('inner') }));
    expect(lines[0]).toMatch(/outer.*⟵.*inner/);
  });

  it('survives what cannot be written as JSON', () => {
    const { lines, log } = recorded();
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    log.info('x', loop);
    expect(lines).toHaveLength(1);
  });

  it('leaves out what is below its level', () => {
    const { lines, log } = recorded('warn');
    joinLogs(log, log).info('quiet');
    joinLogs(log, log).warn('loud');
    expect(lines).toHaveLength(2);
  });

  it('is a file for its owner only, set aside when full', () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-'));
    folders.push(folder);
    const file = join(folder, 'engine.log');
    const { write, close } = fileWriter(file, 100);
    for (let line = 0; line < 5; line++) write('info', `${line}`.repeat(40));
    close();
    expect(readFileSync(`${file}.old`, 'utf8')).toContain('0'.repeat(40));
    expect(readFileSync(file, 'utf8')).toBe(`${'3'.repeat(40)}\n${'4'.repeat(40)}\n`);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('never stops the work where it cannot be written', () => {
    expect(() => fileWriter('/nowhere/at/all.log').write('info', 'x')).not.toThrow();
  });
});
