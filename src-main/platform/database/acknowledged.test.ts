import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { isSealed, openHeadFile, readAcknowledged } from './acknowledged.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-head-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'workspace.head');
const key = new Uint8Array(32).fill(3);
const chain = (n: number) => n.toString(16).padStart(64, '0');

it('says the newest operation that was noted, and knows its link from every other', () => {
  expect(readAcknowledged(path)).toBeUndefined();
  const head = openHeadFile(path, key);
  for (let n = 1; n <= 7; n++) head.write(n, chain(n));
  head.close();
  const said = readAcknowledged(path);
  if (said === undefined || said === 'damaged') throw new Error('nothing said');
  expect(said.operations).toBe(7);
  expect(isSealed(key, said, chain(7))).toBe(true);
  expect(isSealed(key, said, chain(6))).toBe(false);
  expect(isSealed(key, said, undefined)).toBe(false);
  expect(isSealed(new Uint8Array(32), said, chain(7))).toBe(false);
});

it('with any byte changed says the record before, or that it is damaged; never another number', () => {
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] as number) ^ 0x10;
    writeFileSync(path, flipped);
    const said = readAcknowledged(path);
    expect(said === 'damaged' || (said !== undefined && [6, 7].includes(said.operations)), `byte ${at}`).toBe(true);
  }
  for (let length = 0; length < bytes.length; length++) {
    writeFileSync(path, bytes.subarray(0, length));
    const said = readAcknowledged(path);
    expect(said === 'damaged' || (said !== undefined && [6, 7].includes(said.operations)), `${length} bytes`).toBe(true);
  }
});
