import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { isContractError } from '#shared/transport/errors.ts';
import { tarOf, zipOf } from '../../../../../tests/fixtures/archives.ts';
import { sourceFromBytes } from '../../formats/source.ts';
import { type Container, containerFromFolder, containerFromSource } from './index.ts';
import { usualArchiveLimits } from './member.ts';
import { unpackXz } from './xz.ts';

const signal = new AbortController().signal;
const temporary = mkdtempSync(join(tmpdir(), 'redoubt-archives-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

async function of(bytes: Uint8Array, limits: Partial<typeof usualArchiveLimits> = {}): Promise<Container> {
  const container = await containerFromSource(await sourceFromBytes('a.zip', bytes), { ...usualArchiveLimits, ...limits });
  if (!container) throw new Error('not taken for an archive');
  return container;
}

/** Path -> text of a member, or why it is not read. */
async function listed(container: Container): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  for await (const { path, refused, skipped, open } of container.members(signal)) {
    if (refused !== undefined) found.push([path, `refused: ${refused}`]);
    else if (skipped !== undefined) found.push([path, `skipped: ${skipped}`]);
    else if (open) {
      try {
        found.push([path, Buffer.concat(await Array.fromAsync((await open()).bytes())).toString()]);
      } catch (error) {
        if (!isContractError(error) || error.code === 'too_large') throw error;
        found.push([path, `broken: ${error.message}`]);
      }
    }
  }
  return Object.fromEntries(found);
}

/** As the system's own tar packs it. */
function xzOfFiles(files: Readonly<Record<string, string>>): Uint8Array {
  const folder = mkdtempSync(join(temporary, 'x-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return new Uint8Array(execFileSync('tar', ['-cJf', '-', ...Object.keys(files)], { cwd: folder }));
}

const two = { 'a.txt': 'hello', 'f/b.txt': 'wörld' };

describe('archives', () => {
  it.each([
    [
      'zip',
      () =>
        zipOf([
          { name: 'a.txt', data: 'hello' },
          { name: 'f/', data: '' },
          { name: 'f/b.txt', data: 'wörld', method: 0 },
        ]),
    ],
    [
      'tar',
      () =>
        tarOf([
          { name: 'a.txt', data: 'hello' },
          { name: 'f/', kind: '5' },
          { name: 'f/b.txt', data: 'wörld' },
        ]),
    ],
    [
      'tar.gz',
      () =>
        new Uint8Array(
          gzipSync(
            tarOf([
              { name: 'a.txt', data: 'hello' },
              { name: './f/b.txt', data: 'wörld' },
            ]),
          ),
        ),
    ],
    ['tar.xz', () => xzOfFiles(two)],
  ])('reads the files of a %s, each as often as asked', async (_, make) => {
    const container = await of(make());
    expect(await listed(container)).toEqual(two);
    expect(await listed(container)).toEqual(two);
  });

  it('reads a folder by name, does not follow links, leaves out what is no data', async () => {
    const folder = mkdtempSync(join(temporary, 'f-'));
    mkdirSync(join(folder, 'f/.git'), { recursive: true });
    writeFileSync(join(folder, 'a.txt'), 'hello');
    writeFileSync(join(folder, 'f/b.txt'), 'wörld');
    writeFileSync(join(folder, 'f/.DS_Store'), 'x');
    writeFileSync(join(folder, 'f/.git/config'), 'x');
    symlinkSync('/etc/passwd', join(folder, 'link'));
    symlinkSync('..', join(folder, 'f/loop'));
    const container = (await containerFromFolder(folder)) as Container;
    expect(await listed(container)).toEqual({
      ...two,
      'f/.DS_Store': expect.stringContaining('skipped'),
      'f/.git': expect.stringContaining('skipped'),
      link: expect.stringContaining('link'),
      'f/loop': expect.stringContaining('link'),
    });
    const before = await container.sha256();
    expect(await container.sha256()).toBe(before);
    writeFileSync(join(folder, 'a.txt'), 'hellO');
    expect(await container.sha256()).not.toBe(before);
    expect(await containerFromFolder(join(folder, 'a.txt'))).toBeUndefined();
  });

  it('reads members larger than it holds anew from the archive', async () => {
    const large = 'x'.repeat(5000);
    const small = { held: 100 };
    const entries = [
      { name: 'a', data: large },
      { name: 'b', data: 'b' },
    ];
    for (const bytes of [zipOf(entries), tarOf(entries), new Uint8Array(gzipSync(tarOf(entries)))])
      expect(await listed(await of(bytes, small))).toEqual({ a: large, b: 'b' });
  });

  it('refuses paths that lead out, and shows names without tricks', async () => {
    const entries = [
      '../up.txt',
      'a/../../up',
      '/etc/passwd',
      'C:\\x.txt',
      '..\\up.txt',
      `long/${'x'.repeat(1200)}`,
      'ok\\in.txt',
      'gnp.\u202etxt',
    ].map((name) => ({
      name,
      data: 'data',
    }));
    for (const bytes of [zipOf(entries), tarOf(entries.filter(({ name }) => name.length < 100))]) {
      const found = await listed(await of(bytes));
      const refused = Object.entries(found).filter(([, text]) => text.startsWith('refused'));
      expect(refused.length).toBe(bytes[0] === 0x50 ? 5 : 4);
      expect(refused.every(([, text]) => /absolute|leads out|longer/.test(text))).toBe(true);
      expect(found['ok/in.txt']).toBe('data');
      expect(found['gnp.\ufffdtxt']).toBe('data');
    }
  });

  it('refuses links, devices, encrypted and unknown entries one by one', async () => {
    const zip = zipOf([
      { name: 'link', data: '/etc/passwd', mode: 0o120777 },
      { name: 'device', data: '', mode: 0o020666 },
      { name: 'secret', data: 'x', flags: 0x801 },
      { name: 'bzip', data: 'x', method: 12 },
      { name: 'crc', data: 'x', says: { crc: 7 } },
      { name: 'file', data: 'ok', mode: 0o100644 },
      { name: 'file', data: 'other' },
      { name: '__MACOSX/._file', data: 'x' },
    ]);
    expect(await listed(await of(zip))).toEqual({
      link: expect.stringMatching(/refused.*link/),
      device: expect.stringMatching(/refused.*device/),
      secret: expect.stringMatching(/refused.*encrypted/),
      bzip: expect.stringMatching(/refused.*method 12/),
      crc: expect.stringMatching(/checksum/),
      file: expect.stringMatching(/refused.*same path/),
      '__MACOSX/._file': expect.stringContaining('skipped'),
    });
    const tar = tarOf([
      { name: 'hard', kind: '1', link: 'file' },
      { name: 'soft', kind: '2', link: '/etc/passwd' },
      { name: 'char', kind: '3' },
      { name: 'pipe', kind: '6' },
      { name: 'odd', kind: 'Z', data: 'x' },
      { name: 'file', data: 'ok' },
    ]);
    const found = await listed(await of(tar));
    expect(
      Object.entries(found)
        .filter(([, text]) => text.startsWith('refused'))
        .map(([path]) => path),
    ).toEqual(['hard', 'soft', 'char', 'pipe', 'odd']);
    expect(found['file']).toBe('ok');
  });

  it('reads archives within archives to a depth, their sums counted together', async () => {
    const inner = zipOf([{ name: 'b.txt', data: 'wörld' }]);
    const nested = zipOf([
      { name: 'a.txt', data: 'hello' },
      { name: 'f.tar.gz', data: new Uint8Array(gzipSync(tarOf([{ name: 'in.zip', data: inner }]))) },
    ]);
    expect(await listed(await of(nested))).toEqual({ 'a.txt': 'hello', 'f.tar.gz/in.zip/b.txt': 'wörld' });
    expect(await listed(await of(nested, { depth: 2 }))).toEqual({
      'a.txt': 'hello',
      'f.tar.gz/in.zip': expect.stringMatching(/archive within/),
    });
    let deep = zipOf([{ name: 'z', data: 'z' }]);
    for (let level = 0; level < 50; level++) deep = zipOf([{ name: 'again.zip', data: deep }]);
    expect(Object.values(await listed(await of(deep)))).toEqual([expect.stringMatching(/archive within 3 others/)]);
  });

  const tight = { unpacked: 1_000_000, ratio: 50, free: 10_000 };
  const zeros = new Uint8Array(400_000);
  it.each([
    ['a zip that unpacks to too much for its size', () => zipOf([{ name: 'a', data: zeros }]), /times its size/],
    ['a tar.gz of that kind', () => new Uint8Array(gzipSync(tarOf([{ name: 'a', data: zeros }]))), /times its size/],
    [
      'gzips within a zip',
      () => zipOf(Array.from({ length: 20 }, (_, at) => ({ name: `${at}.gz`, data: new Uint8Array(gzipSync(zeros)) }))),
      /times its size/,
    ],
    ['a sum too large', () => zipOf([1, 2, 3].map((at) => ({ name: `${at}`, data: zeros, method: 0 }))), /unpacks to more than/],
    ['sizes of zip64 that lie', () => zipOf([{ name: 'a', data: 'x', says: { size: 2 ** 45, zip64: true } }]), /unpacks to more than/],
  ])('refuses %s', async (_, make, sentence) => {
    await expect(of(make(), tight).then(listed)).rejects.toThrow(sentence);
  });

  it('refuses entries that lie over each other, and too many', async () => {
    const kernel = zipOf([
      { name: 'a', data: 'x'.repeat(500) },
      { name: 'a', data: 'x'.repeat(500), says: { offset: 0 } },
    ]);
    await expect(of(kernel).then(listed)).rejects.toThrow(/over each other/);
    const many = zipOf(Array.from({ length: 30 }, (_, at) => ({ name: String(at), data: '' })));
    await expect(of(many, { members: 20 }).then(listed)).rejects.toThrow(/more than 20 files/);
  });

  it('refuses an entry that unpacks to more than it says, and one that is cut', async () => {
    const found = await listed(
      await of(
        zipOf([
          { name: 'a', data: zeros, says: { size: 10 } },
          { name: 'b', data: 'ok' },
        ]),
      ),
    );
    expect(found).toEqual({ a: expect.stringMatching(/refused|broken/), b: 'ok' });
    const tar = tarOf([
      { name: 'a', data: 'ok' },
      { name: 'b', data: 'x'.repeat(2000) },
    ]);
    const read: string[] = [];
    await expect(
      (async () => {
        for await (const { path } of (await of(tar.subarray(0, 2000))).members(signal)) read.push(path);
      })(),
    ).rejects.toThrow(/cut off/);
    expect(read).toEqual(['a']);
  });

  it('names the kinds of archives that it does not read, and leaves office files to their formats', async () => {
    await expect(
      containerFromSource(await sourceFromBytes('x', new Uint8Array([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 0]))),
    ).rejects.toThrow(/7z/);
    const office = zipOf([
      { name: '[Content_Types].xml', data: '<Types/>' },
      { name: 'xl/workbook.xml', data: '<workbook/>' },
    ]);
    expect(await containerFromSource(await sourceFromBytes('x.xlsx', office))).toBeUndefined();
    const opened = zipOf([{ name: 'mimetype', data: 'application/vnd.oasis.opendocument.spreadsheet', method: 0 }]);
    expect(await containerFromSource(await sourceFromBytes('x.ods', opened))).toBeUndefined();
    // Office files within an archive, packed without compression, do not make it one.
    expect(Object.keys(await listed(await of(zipOf([{ name: 'x.xlsx', data: office, method: 0 }]))))).toEqual(['x.xlsx']);
    for (const text of ['', 'PK', '{"a":1}', 'x'.repeat(600)])
      expect(await containerFromSource(await sourceFromBytes('x', Buffer.from(text)))).toBeUndefined();
  });

  it('lets go of an .xz that is left early, while more of it comes', async () => {
    const packed = xzOfFiles({ 'a.bin': randomBytes(300_000).toString('base64') });
    for (let round = 0; round < 20; round++) {
      let isLeft = false;
      const raw = async function* () {
        try {
          for (let at = 0; at < packed.length; at += 4096) {
            yield packed.slice(at, at + 4096);
            await new Promise((resolve) => setTimeout(resolve, round % 2));
          }
        } finally {
          isLeft = true;
        }
      };
      for await (const piece of unpackXz(raw())) if (piece.length > 0) break;
      // A piece that came after would throw from nowhere and fail the run.
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(isLeft).toBe(true);
    }
  });

  const rounds = Number(process.env['FORMAT_FUZZ'] ?? 300);
  it(`answers for ${rounds} mutated archives`, async () => {
    const inner = zipOf([{ name: 'b.txt', data: 'wörld' }]);
    const seeds = [
      zipOf([
        { name: 'a.txt', data: 'hello' },
        { name: 'in.zip', data: inner, method: 0 },
      ]),
      tarOf([
        { name: 'a.txt', data: 'hello' },
        { name: 'in.zip', data: inner },
      ]),
      new Uint8Array(gzipSync(tarOf([{ name: 'a.txt', data: 'hello' }]))),
      xzOfFiles({ 'a.txt': 'hello' }),
    ];
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let answered = 0;
    for (let round = 0; round < rounds; round++) {
      const bytes = Uint8Array.from(seeds[round % seeds.length] as Uint8Array);
      for (let change = random(4); change >= 0; change--) bytes[random(bytes.length)] = random(256);
      const cut = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      try {
        const container = await containerFromSource(await sourceFromBytes('m', cut), { ...usualArchiveLimits, ...tight, ratio: 1000 });
        if (container) await listed(container);
      } catch (error) {
        if (!isContractError(error)) throw error;
        expect(error.message).toMatch(/\S.*\.$/s);
      }
      answered++;
    }
    expect(answered).toBe(rounds);
  }, 600_000);
});
