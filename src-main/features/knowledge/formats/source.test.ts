import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenSource, sourceFromBytes, sourceFromPath } from './source.ts';

const text = new TextEncoder();
const all = async (source: OpenSource) => Buffer.concat(await Array.fromAsync(source.bytes()));

describe('source', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redoubt-source-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives the bytes of a file, as often as asked', async () => {
    const path = join(folder, 'a.json');
    await writeFile(path, '{"a":1}');
    const source = await sourceFromPath(path);
    expect(source).toMatchObject({ name: 'a.json', size: 7, packed: false });
    expect((await all(source)).toString()).toBe('{"a":1}');
    expect((await all(source)).toString()).toBe('{"a":1}');
    expect(await source.head()).toEqual({ name: 'a.json', text: '{"a":1}', complete: true });
    expect(await source.sha256()).toBe(createHash('sha256').update('{"a":1}').digest('hex'));
  });

  it('undoes gzip by its magic bytes, whatever the name, and hashes the raw bytes', async () => {
    const packed = Buffer.concat([gzipSync('hello '), gzipSync('world')]);
    const source = await sourceFromBytes('not-named-gz.json', [packed.subarray(0, 2), packed.subarray(2, 9), packed.subarray(9)]);
    expect(source.packed).toBe(true);
    expect((await all(source)).toString()).toBe('hello world');
    expect(await source.sha256()).toBe(createHash('sha256').update(packed).digest('hex'));
  });

  it('says so where gzip is cut or damaged', async () => {
    const packed = gzipSync('x'.repeat(100_000));
    await expect(all(await sourceFromBytes('cut.gz', packed.subarray(0, packed.length - 9)))).rejects.toMatchObject({
      code: 'invalid_input',
    });
    const broken = Buffer.from(packed);
    broken[12] = (broken[12] as number) ^ 0xff;
    await expect(all(await sourceFromBytes('broken.gz', broken))).rejects.toMatchObject({ code: 'invalid_input' });
  });

  it('stops at the limits: size unpacked, size plain, and ratio', async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000));
    const limits = { unpacked: 4_000_000, ratio: 100, free: 1000 };
    await expect(all(await sourceFromBytes('bomb.gz', bomb, limits))).rejects.toMatchObject({ code: 'too_large' });
    await expect(all(await sourceFromBytes('bomb.gz', bomb, { ...limits, ratio: 1e6, unpacked: 1e6 }))).rejects.toMatchObject({
      code: 'too_large',
    });
    await expect(all(await sourceFromBytes('plain', Buffer.alloc(2000), { ...limits, unpacked: 1000 }))).rejects.toMatchObject({
      code: 'too_large',
    });
    expect((await all(await sourceFromBytes('fine.gz', bomb, { ...limits, ratio: 1e6 }))).length).toBe(2_000_000);
  });

  it('refuses a folder and a missing file in a sentence', async () => {
    await expect(sourceFromPath(folder)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(sourceFromPath(join(folder, 'none.json'))).rejects.toThrow(/no such file/);
  });

  it('cuts the head at 64 KiB and drops half a character', async () => {
    const source = await sourceFromBytes('long.txt', text.encode(`a${'ü'.repeat(40_000)}`));
    const head = await source.head();
    expect(head.complete).toBe(false);
    expect(head.text).toBe(`a${'ü'.repeat(32_767)}`);
  });

  it('reads the head in its encoding', async () => {
    const words = 'name;größe\r\n';
    const utf16 = Buffer.from(`\ufeff${words}`, 'utf16le');
    expect((await (await sourceFromBytes('x', utf16)).head()).text).toBe(words);
    expect((await (await sourceFromBytes('x', Buffer.from(utf16).swap16())).head()).text).toBe(words);
    expect((await (await sourceFromBytes('x', Buffer.from(words, 'utf16le'))).head()).text).toBe(words);
    expect((await (await sourceFromBytes('x', Buffer.from(words, 'latin1'))).head()).text).toBe(words);
    expect((await (await sourceFromBytes('x', Buffer.from(`\ufeff${words}`))).head()).text).toBe(words);
  });

  it('of nothing is nothing', async () => {
    const source = await sourceFromBytes('empty', new Uint8Array());
    expect(await source.head()).toEqual({ name: 'empty', text: '', complete: true });
    expect((await all(source)).length).toBe(0);
  });
});
