import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId, relationship, uuidOf } from '../faults/objects.ts';
import { ended, exported, importFiles, openWorld, temporaryFolder, type World } from '../faults/world.ts';

const folder = temporaryFolder('bad-objects');
let world: World;
let files = 0;
let texts = 0;

beforeAll(async () => {
  world = await openWorld(join(folder.path, 'workspace'));
}, 60_000);

afterAll(async () => {
  await world.close();
  folder.remove();
  expect(world.errors).toEqual([]);
}, 60_000);

async function importText(text: string | Uint8Array) {
  const { reports, preview } = await importFiles(world.client, [{ name: `file-${files++}.json`, bytes: text }]);
  const report = reports[0];
  if (!report) throw new Error('no report');
  expect(report.failure).toBeUndefined();
  expect(preview[0]?.failure).toBeUndefined();
  return { ...report, preview: preview[0] };
}

const importObjects = (...objects: object[]) => importText(bundleOf(objects));
const entity = (id: string) => world.client.knowledge.getEntity({ id });
/** What stands in the export under this id, as text, so that no property is lost in comparing. */
const standing = async (id: string) =>
  JSON.parse((await exported(world.client)).find((text) => text.includes(`"id":"${id}"`)) ?? 'null') as unknown;

describe('ids that collide', () => {
  it('the same object twice is unchanged the second time', async () => {
    const report = await importObjects(malware(1), malware(1));
    expect(report).toMatchObject({ created: 1, unchanged: 1, rejected: [], loss: [] });
  });

  it('two contents under one id and modified: one stays, the other is reported', async () => {
    const report = await importObjects(malware(2, { name: 'first' }), malware(2, { name: 'second' }));
    expect(report).toMatchObject({ created: 1, unchanged: 1, rejected: [] });
    expect(report.loss).toMatchObject([{ id: malwareId(2), path: 'objects[1]' }]);
    expect(report.preview?.loss).toMatchObject([{ id: malwareId(2), path: 'objects[1]' }]);
    expect((await entity(malwareId(2))).name).toBe('first');
    const turned = await importObjects(
      malware(8, { name: 'z' }),
      malware(8, { name: 'm' }),
      malware(8, { name: 'a' }),
      malware(8, { name: 'z' }),
    );
    expect(turned).toMatchObject({ created: 1, unchanged: 3, loss: [{ path: 'objects[1]' }, { path: 'objects[2]' }] });
    expect((await entity(malwareId(8))).name).toBe('z');
    const again = await importObjects(malware(2, { name: 'third' }));
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 1, loss: [{ id: malwareId(2) }] });
    expect((await entity(malwareId(2))).name).toBe('first');
  });

  it('three thousand contents under one id: the first stays, each other is reported, and calls in between are answered', async () => {
    const variants = Array.from({ length: 3_000 }, (_, n) => malware(9, { name: `variant ${n}` }));
    const [report] = await Promise.all([importObjects(...variants), world.client.knowledge.getStats()]);
    expect(report).toMatchObject({ created: 1, unchanged: 2_999 });
    expect(report.loss).toHaveLength(2_999);
    expect((await entity(malwareId(9))).name).toBe('variant 0');
  });

  it('a thousand versions in one file: the newest stands, all are kept', async () => {
    const versions = Array.from({ length: 1_000 }, (_, n) =>
      malware(10, { name: `version ${n}`, modified: new Date(1_790_000_000_000 + n * 1000).toISOString() }),
    );
    const report = await importObjects(...versions.slice(500), ...versions.slice(0, 500));
    expect(report.rejected).toEqual([]);
    expect((await entity(malwareId(10))).name).toBe('version 999');
    expect((await world.client.knowledge.listVersions({ id: malwareId(10) })).length).toBe(1_000);
  });

  it('two versions in one file: the newer stands, whichever comes first', async () => {
    const newer = malware(3, { name: 'newer', modified: '2026-02-01T00:00:00.000Z' });
    await importObjects(newer, malware(3, { name: 'older' }));
    expect((await entity(malwareId(3))).name).toBe('newer');
    const turned = malware(4, { name: 'newer', modified: '2026-02-01T00:00:00.000Z' });
    await importObjects(malware(4, { name: 'older' }), turned);
    expect((await entity(malwareId(4))).name).toBe('newer');
  });

  it('one UUID under two types is two objects', async () => {
    const tool = { ...malware(5), type: 'tool', id: `tool--${uuidOf(5)}`, name: 'the tool' };
    delete (tool as { is_family?: unknown }).is_family;
    expect(await importObjects(malware(5), tool)).toMatchObject({ created: 2, rejected: [] });
    expect((await entity(malwareId(5))).name).toBe('malware number 5');
    expect((await entity(`tool--${uuidOf(5)}`)).name).toBe('the tool');
  });

  it('a relationship with the UUID of an object, and two relationships with one id', async () => {
    await importObjects(malware(6), malware(7));
    const report = await importObjects(
      relationship(6, 'variant-of', malwareId(6), malwareId(7)),
      relationship(6, 'related-to', malwareId(7), malwareId(6)),
    );
    expect(report).toMatchObject({ created: 1, unchanged: 1 });
    expect(report.loss.filter(({ id }) => id === `relationship--${uuidOf(6)}`)).toHaveLength(1);
    expect((await world.client.knowledge.listNeighbours({ id: malwareId(6) })).rows).toHaveLength(1);
  });

  it('an id in capitals is the same object, and its letters come back', async () => {
    const loud = malware(0xabcdef, { id: malwareId(0xabcdef).replace('abcdef', 'ABCDEF') });
    const report = await importObjects(loud);
    if (report.rejected.length > 0) {
      expect(report.rejected).toMatchObject([{ reason: expect.any(String) }]);
      return;
    }
    expect(report.created).toBe(1);
    const quiet = await importObjects(malware(0xabcdef));
    expect(quiet.created).toBe(0);
    expect(await standing(loud.id)).toEqual(loud);
  });
});

describe('references that lead nowhere or in circles', () => {
  it('relationships to what is not there are kept and reported', async () => {
    const report = await importObjects(malware(20), relationship(20, 'uses', malwareId(20), `tool--${uuidOf(21)}`));
    expect(report).toMatchObject({ created: 2, rejected: [] });
    expect(report.loss).toMatchObject([
      { id: `relationship--${uuidOf(20)}`, path: 'target_ref', what: expect.stringContaining(`tool--${uuidOf(21)}`) },
    ]);
    const neighbours = async () =>
      (await world.client.knowledge.listNeighbours({ id: malwareId(20) })).rows.map(({ entity: { id } }) => id);
    expect(await neighbours()).toEqual([]);
    expect(await standing(`relationship--${uuidOf(20)}`)).toMatchObject({ target_ref: `tool--${uuidOf(21)}` });
    expect(await standing(`tool--${uuidOf(21)}`)).toBeNull();
    const tool = { ...malware(21), type: 'tool', id: `tool--${uuidOf(21)}`, is_family: undefined };
    expect(await importObjects(tool)).toMatchObject({ created: 1, loss: [] });
    expect(await neighbours()).toEqual([`tool--${uuidOf(21)}`]);
  });

  it('cycles in revoked-by are answered everywhere', async () => {
    await importObjects(
      malware(30, { revoked: true, name: 'ouroboros one' }),
      malware(31, { revoked: true, name: 'ouroboros two' }),
      malware(32, { revoked: true, name: 'ouroboros self' }),
      relationship(30, 'revoked-by', malwareId(30), malwareId(31)),
      relationship(31, 'revoked-by', malwareId(31), malwareId(30)),
      relationship(32, 'revoked-by', malwareId(32), malwareId(32)),
    );
    const { knowledge, coverage } = world.client;
    for (const n of [30, 31, 32]) {
      expect((await entity(malwareId(n))).headline).not.toBe('');
      const around = await knowledge.getNeighbourhood({ ids: [malwareId(n)], hops: 6 });
      expect(around.nodes.map(({ id }) => id)).toContain(malwareId(n));
    }
    expect((await knowledge.search({ text: 'ouroboros', includeRetired: true })).results).toHaveLength(3);
    expect((await knowledge.getStats()).relationships['revoked-by']).toBeUndefined();
    await knowledge.findPaths({ from: malwareId(30), to: malwareId(32) });
    await coverage.getMatrix({ domain: 'enterprise-attack' });
  });

  it('an object that refers to itself, and a ring of embedded references', async () => {
    const identity = (n: number, by: number) => ({
      type: 'identity',
      spec_version: '2.1',
      id: `identity--${uuidOf(n)}`,
      name: `id ${n}`,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      created_by_ref: `identity--${uuidOf(by)}`,
    });
    expect(await importObjects(identity(40, 40), identity(41, 42), identity(42, 41))).toMatchObject({ created: 3, rejected: [] });
    for (const n of [40, 41, 42]) expect((await entity(`identity--${uuidOf(n)}`)).name).toBe(`id ${n}`);
    expect((await world.client.knowledge.getNeighbourhood({ ids: [`identity--${uuidOf(41)}`], hops: 6 })).totalNodes).toBeGreaterThan(0);
  });
});

describe('text that is meant to do harm', () => {
  const script = '<img src=x onerror=alert(1)><script>alert("pwn")</script> ${7*7} =cmd|\' /C calc\'!A0';

  it('HTML in names is text: verbatim in answers, escaped in the brief', async () => {
    await importObjects(malware(50, { name: script, description: `</style></script>${script}` }));
    expect((await entity(malwareId(50))).name).toBe(script);
    const { results } = await world.client.knowledge.search({ text: 'onerror alert' });
    expect(results).toMatchObject([{ id: malwareId(50), name: script }]);
    expect(await standing(malwareId(50))).toMatchObject({ name: script });
    const { body } = await world.client.investigation.writeBrief({ title: script.slice(0, 100) });
    const html = Buffer.from(body).toString();
    expect(html).toContain('&lt;img src=x');
    expect(html).not.toMatch(/<img|<script>alert/);
  });

  it('property names of the language itself are only property names', async () => {
    const text = bundleOf([malware(51, { x_holder: { here: 1 } })]).replace(
      '"x_holder":{"here":1}',
      '"x_holder":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":"no","hasOwnProperty":1}',
    );
    const report = await importText(text);
    expect(report.created).toBe(1);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const line = (await exported(world.client)).find((one) => one.includes(malwareId(51)));
    expect(line).toContain('"__proto__":{"polluted":true}');
    expect(line).toContain('"constructor":{"prototype":{"polluted":true}}');
    expect(line).toContain('"toString":"no"');
    expect((await entity(malwareId(51))).name).toBe('malware number 51');
  });

  it('a property __proto__ of the object itself is kept or named, and pollutes nothing', async () => {
    const text = bundleOf([malware(52, { x_mark: 'HERE' }), malware(53)]).replace(
      '"x_mark":"HERE"',
      '"__proto__":{"polluted":true,"name":"evil"}',
    );
    const report = await importText(text);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect((await entity(malwareId(53))).name).toBe('malware number 53');
    if (report.rejected.length > 0) expect(report.rejected).toMatchObject([{ id: malwareId(52) }]);
    else {
      expect((await entity(malwareId(52))).name).toBe('malware number 52');
      expect((await exported(world.client)).find((one) => one.includes(malwareId(52)))).toContain(
        '"__proto__":{"polluted":true,"name":"evil"}',
      );
    }
  });

  it.each([
    ['NUL and control characters', 'a\u0000b\u0001c\u001bd\u007f'],
    ['right to left and invisible characters', '\u202egpj.exe\u202c \u200bzero\u200dwidth\ufeff'],
    ['combining marks and emoji', `Zalgo ${'e\u0301\u0302\u0303'.repeat(50)} 👩‍👩‍👧‍👦`],
    ['line ends of other systems', 'one\r\ntwo\u2028three\u2029four\u0085five'],
    ['query syntax', '"NEAR(a, b)" AND name:* OR -x ^"'],
    ['nothing but spaces around', '  padded \t '],
  ])('%s come back to the letter', async (_what, name) => {
    const n = 60 + texts++;
    const report = await importObjects(malware(n, { name, aliases: [name] }), malware(n + 60));
    expect(report).toMatchObject({ created: 2, rejected: [] });
    expect((await entity(malwareId(n))).object['name']).toBe(name);
    expect(await standing(malwareId(n))).toEqual(malware(n, { name, aliases: [name] }));
    await world.client.knowledge.search({ text: name.slice(0, 400) });
  });

  it('a lone surrogate is kept or named, never silently another text', async () => {
    const text = bundleOf([malware(150, { description: 'HERE' }), malware(151)]).replace('HERE', 'left \\ud83d right');
    const report = await importText(text);
    expect(report.created + report.rejected.length).toBe(2);
    if (report.rejected.length === 0) {
      const found = (await entity(malwareId(150))).object['description'];
      const named = report.loss.some(({ id }) => id === malwareId(150));
      expect(named || found === 'left \ud83d right').toBe(true);
    }
  });
});

describe('sizes past all sense', () => {
  it('very long names, 10,000 aliases and a description of 5 MB', async () => {
    const long = 'n'.repeat(100_000);
    const aliases = Array.from({ length: 10_000 }, (_, n) => `alias ${n}`);
    const description = 'word '.repeat(1_048_576);
    const report = await importObjects(
      malware(160, { name: long }),
      malware(161, { aliases }),
      malware(162, { description }),
      malware(163),
    );
    expect(report).toMatchObject({ created: 4, rejected: [] });
    expect((await entity(malwareId(160))).object['name']).toBe(long);
    expect((await entity(malwareId(161))).object['aliases']).toEqual(aliases);
    expect((await entity(malwareId(162))).object['description']).toBe(description);
    expect((await world.client.knowledge.search({ text: 'alias 9999' })).results[0]?.id).toBe(malwareId(161));
    const { rows } = await world.client.knowledge.listEntities({ limit: 500 });
    expect(rows.find(({ id }) => id === malwareId(160))?.name.length).toBeLessThan(2_000);
  }, 60_000);

  it('numbers past 2^53 and of great precision come back or are named', async () => {
    const text = bundleOf([malware(170, { x_big: 'HERE' }), malware(171, { x_exact: 0.1, x_small: -0 })]).replace(
      '"HERE"',
      '9007199254740993',
    );
    const report = await importText(text);
    expect(report.created + report.rejected.length).toBe(2);
    const line = (await exported(world.client)).find((one) => one.includes(malwareId(170)));
    const named = [...report.loss, ...report.rejected].some(({ id }) => id === malwareId(170));
    expect(named || line?.includes('9007199254740993')).toBe(true);
    const infinite = await importText(bundleOf([malware(172, { x_big: 'HERE' }), malware(173)]).replace('"HERE"', '1e999'));
    expect(infinite.created + infinite.rejected.length).toBe(2);
    expect(infinite).toMatchObject({
      created: 1,
      rejected: [{ path: 'objects[0]', reason: expect.stringContaining('1e999 is too large') }],
    });
  });

  it('times finer than a millisecond come back to the letter and order versions', async () => {
    const times = { created: '2026-01-01T00:00:00.000001Z', modified: '2026-01-01T00:00:00.000002Z' };
    await importObjects(malware(180, times));
    expect(await standing(malwareId(180))).toEqual(malware(180, times));
    const newer = malware(180, { ...times, modified: '2026-01-01T00:00:00.000003Z', name: 'a microsecond later' });
    expect(await importObjects(newer)).toMatchObject({ updated: 1 });
    expect(await standing(malwareId(180))).toEqual(newer);
    expect((await world.client.knowledge.listVersions({ id: malwareId(180) })).length).toBe(2);
  });
});

it('while a large import runs, other calls are answered before it ends', async () => {
  const objects = Array.from({ length: 25_000 }, (_, n) => malware(1_000_000 + n));
  const { jobId: previewJob } = await world.client.knowledge.previewImport({
    files: [{ source: { uploadId: await upload(bundleOf(objects)) } }],
  });
  await ended(world.client, previewJob);
  const { previewId } = await world.client.knowledge.getImportPreview({ jobId: previewJob });
  const { jobId } = await world.client.knowledge.runImport({ previewId });
  let running = true;
  const job = ended(world.client, jobId).then((end) => {
    running = false;
    return end;
  });
  const answers = await Promise.all(
    [
      world.client.admin.getWorkspace(),
      world.client.knowledge.search({ text: 'malware' }),
      world.client.knowledge.addTag({ id: malwareId(1), tag: 'meanwhile' }),
    ].map(async (answer) => {
      await answer;
      return running;
    }),
  );
  expect(answers).toEqual([true, true, true]);
  expect((await job).state).toBe('done');
}, 120_000);

async function upload(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const { uploadId } = await world.client.knowledge.openUpload({ name: `file-${files++}.json`, size: bytes.length });
  for (let offset = 0; offset < bytes.length; offset += 700 * 1024)
    await world.client.knowledge.appendUpload({ uploadId, offset, base64: bytes.subarray(offset, offset + 700 * 1024).toString('base64') });
  return uploadId;
}
