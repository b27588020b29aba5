import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId } from '../faults/objects.ts';
import { type GivenFile, importFiles, openWorld, temporaryFolder, type World } from '../faults/world.ts';

const folder = temporaryFolder('bad-files');
let world: World;

beforeAll(async () => {
  world = await openWorld(join(folder.path, 'workspace'));
}, 60_000);

afterAll(async () => {
  await world.close();
  folder.remove();
  expect(world.errors).toEqual([]);
}, 60_000);

let goodOnes = 500_000;

/** Imports one bad file between two good ones: the good ones must come through. */
async function among(name: string, bytes: Uint8Array | string) {
  const n = (goodOnes += 2);
  const good = (at: number): GivenFile => ({ name: `good-${at}.json`, bytes: bundleOf([malware(at)]) });
  const { reports, preview } = await importFiles(world.client, [good(n), { name, bytes }, good(n + 1)]);
  expect(reports.map(({ created }) => created)).toMatchObject([1, expect.any(Number), 1]);
  return { report: reports[1], preview: preview[1] };
}

/** One or two sentences that a person understands: nothing of the inside. */
const aSentence = /^[A-Z“].{10,400}[.…]$/s;
const ofTheInside = /undefined|TypeError|SyntaxError|Error:|at .*\.ts|SQLITE|\[object/;

function expectSentence(text: string | undefined) {
  expect(text).toMatch(aSentence);
  expect(text).not.toMatch(ofTheInside);
}

describe('files that are not what they say', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
  const elf = Buffer.concat([Buffer.from('7f454c46020101000000000000000000', 'hex'), Buffer.alloc(4000, 0x90)]);
  it.each([
    ['picture.json', png],
    ['program.json', elf],
    ['page.json', '<!doctype html><html><body><h1>Sign in</h1></body></html>'],
    ['nothing.json', ''],
    ['spaces.json', ' \n\t '],
    ['zeros.json', Buffer.alloc(5000)],
    ['word.json', 'null'],
    ['number.json', '42'],
    ['text.json', '"malware"'],
    ['other.json', '{"hello": "world"}'],
    ['not-gzip.json.gz', 'this is plain text, whatever its name says'],
    ['torn.json.gz', gzipSync(bundleOf([malware(9_000)])).subarray(0, 60)],
    ['spoiled.json.gz', Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), Buffer.alloc(500, 0xee)])],
  ])('%s is refused by a sentence and keeps no other file out', async (name, bytes) => {
    const { report, preview } = await among(name, bytes);
    expectSentence(report?.failure);
    expectSentence(preview?.failure);
    expect(report).toMatchObject({ created: 0, updated: 0, unchanged: 0 });
  });

  it('a table named .json is a table', async () => {
    const { report } = await among('assets.json', 'hostname,ip\nward-pc-1,10.0.0.1\nward-pc-2,10.0.0.2\n');
    expect(report).toMatchObject({ format: 'csv', created: expect.any(Number) });
    expect(report?.created).toBeGreaterThanOrEqual(2);
  });

  it('a bundle named .csv is a bundle, packed or not', async () => {
    const plain = await among('bundle.csv', bundleOf([malware(3_110)]));
    expect(plain.report).toMatchObject({ format: 'stix', created: 1 });
    const packed = await among('bundle.png', gzipSync(bundleOf([malware(3_130)])));
    expect(packed.report).toMatchObject({ format: 'stix', created: 1 });
  });

  it('a small file that unpacks to gigabytes is refused early', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from('{"type":"bundle","objects":[\n'), Buffer.alloc(90 * 1024 * 1024, 0x20)]), {
      level: 9,
    });
    expect(bomb.length).toBeLessThan(200_000);
    const { report } = await among('bomb.json.gz', bomb);
    expectSentence(report?.failure);
    expect(report?.failure).toContain('unpacks to more than');
  }, 60_000);

  it('a folder and a file that is not there are each a sentence', async () => {
    const { reports } = await importFiles(world.client, [folder.path, join(folder.path, 'nowhere.json')]);
    for (const report of reports) expectSentence(report.failure);
  });
});

describe('broken JSON', () => {
  it('a bundle that breaks off keeps what came before, and says where', async () => {
    const whole = bundleOf([malware(4_000), malware(4_001), malware(4_002)]);
    const cut = whole.slice(0, whole.indexOf(malwareId(4_002)) + 20);
    const { report } = await among('cut.json', cut);
    expect(report).toMatchObject({
      created: 2,
      rejected: [{ path: 'end of file', reason: expect.stringContaining('What came before is kept') }],
    });
    expect((await world.client.knowledge.getEntity({ id: malwareId(4_001) })).name).toBe('malware number 4001');
  });

  it('a bundle that breaks off between its objects keeps what came before', async () => {
    const whole = bundleOf([malware(4_020), malware(4_021)]);
    const { report } = await among('cut-between.json', whole.slice(0, -2));
    expect(report).toMatchObject({ created: 2, rejected: [{ path: 'end of file' }] });
  });

  it('a bundle with rubbish behind it keeps its objects, and says so', async () => {
    const { report } = await among('tail.json', `${bundleOf([malware(4_050)])}<script>`);
    expect(report?.created).toBe(1);
    expect(report?.rejected).toHaveLength(1);
  });

  it('a packed bundle that breaks off keeps what came before', async () => {
    const objects = Array.from({ length: 3_000 }, (_, n) => malware(100_000 + n, { description: `${n * 7919} ${n * 104_729}` }));
    const packed = gzipSync(bundleOf(objects));
    const { report } = await among('cut.json.gz', packed.subarray(0, packed.length - 2_000));
    expect(report?.created).toBeGreaterThan(1_000);
    expect(report?.rejected.at(-1)).toMatchObject({ path: 'end of file' });
  });

  it('values nested 100,000 deep are refused one by one', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = bundleOf([malware(4_100), malware(4_101, { x_deep: 'HERE' }), malware(4_102)]).replace('"HERE"', deep);
    const { report } = await among('deep.json', text);
    expect(report).toMatchObject({ created: 2, rejected: [{ path: 'objects[1]', reason: expect.stringMatching(/deep/) }] });
  });

  it('a file that is nothing but depth is refused by a sentence', async () => {
    for (const [index, text] of ['['.repeat(100_000), '{"a":'.repeat(100_000), '{"type":"bundle","objects":'.repeat(20_000)].entries()) {
      const { report } = await among(`depth-${index}.json`, text);
      expectSentence(report?.failure);
    }
  });

  it('one value of 60 MB is refused, the rest comes through', async () => {
    const path = join(folder.path, 'huge-value.json');
    writeFileSync(
      path,
      bundleOf([malware(4_200), malware(4_201, { x_huge: 'HERE' }), malware(4_202)]).replace('HERE', 'x'.repeat(60 * 1024 * 1024)),
    );
    const { reports } = await importFiles(world.client, [path]);
    expect(reports[0]).toMatchObject({ created: 2, rejected: [{ path: 'objects[1]', reason: expect.stringMatching(/MiB/) }] });
  }, 60_000);

  it('elements that are no objects are refused one by one', async () => {
    const text = JSON.stringify({
      type: 'bundle',
      id: 'bundle--1d3dd9ae-0c3b-4e2e-9d5e-8f5c0f6f0f11',
      objects: [null, 7, 'x', [], malware(4_300), {}, true],
    });
    const { report } = await among('mixed.json', text);
    expect(report?.created).toBe(1);
    expect(report?.rejected.map(({ path }) => path)).toEqual([
      'objects[0]',
      'objects[1]',
      'objects[2]',
      'objects[3]',
      'objects[5]',
      'objects[6]',
    ]);
  });

  it('bytes that are no UTF-8 are told and the rest comes through', async () => {
    const text = Buffer.from(bundleOf([malware(4_400), malware(4_401, { description: 'HERE' }), malware(4_402)]));
    const at = text.indexOf('HERE');
    text[at] = 0xff;
    text[at + 1] = 0xc0;
    const { report } = await among('latin.json', text);
    expect((report?.created ?? 0) + (report?.rejected.length ?? 0)).toBe(3);
    expect(report?.created).toBeGreaterThanOrEqual(2);
    expect((report?.rejected.length ?? 0) + (report?.loss.length ?? 0)).toBeGreaterThan(0);
  });
});
