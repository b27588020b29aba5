import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Caller } from '#shared/transport/serve.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { hasSharedData, shared } from '../../../../tests/fixtures/shared-data.ts';
import { tarOf, zipOf } from '../../../../tests/fixtures/archives.ts';
import { knowledgeMigrations } from '../migrations/index.ts';
import { RETIRED } from '../store/state.ts';
import { createImports } from '../store/imports.ts';
import { createStore } from '../store/store.ts';
import { createFileImport } from './import-files.ts';
import {} from './import-items.ts';
import { takeBack } from './take-back.ts';
import { createUploads } from './uploads.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-import-archives-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function workspace() {
  const database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  // Other features' steps lie between.
  migrate(
    database,
    knowledgeMigrations.map((step, index) => ({ ...step, id: index + 1 })),
  );
  let tick = 1_790_000_000_000;
  const now = () => (tick += 7);
  let ids = 0;
  const newId = () => `00000000-0000-4000-9000-${String(++ids).padStart(12, '0')}`;
  const store = createStore(database, { device: newId(), actor: 'analyst', now });
  const imports = createImports(database, { now, newId });
  const uploads = createUploads(newId);
  const importer = createFileImport({ store, imports, uploads, now, newId });
  const caller = { permissions: new Set(['files']) } as unknown as Caller;
  const job = (signal = new AbortController().signal) => ({ jobId: 'j', signal, progress: () => {} });
  const upload = (name: string, bytes: Uint8Array) => {
    const uploadId = uploads.open(name, bytes.length);
    uploads.append(uploadId, 0, Buffer.from(bytes).toString('base64'));
    return { source: { uploadId } };
  };
  const live = () => database.prepare(`SELECT count(*) FROM object WHERE (state & ${RETIRED}) = 0`).pluck().get() as number;
  return { database, store, imports, importer, caller, job, upload, live };
}

const rule = (title: string, more = '') =>
  `title: ${title}\n${more}logsource:\n  product: windows\ndetection:\n  a:\n    b: c\n  condition: a\ntags:\n  - attack.t1059\n`;
const bundle = JSON.stringify({
  type: 'bundle',
  id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d',
  objects: [
    {
      type: 'attack-pattern',
      spec_version: '2.1',
      id: 'attack-pattern--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
      created: '2026-10-06T20:03:00.000Z',
      modified: '2026-10-06T20:03:00.000Z',
      name: 'Interpreter',
      external_references: [{ source_name: 'mitre-attack', external_id: 'T1059' }],
    },
  ],
});
const mixed = [
  { name: 'rules/a.yml', data: rule('A') },
  { name: 'rules/b.yml', data: rule('B') },
  { name: 'rules/bad.yml', data: 'title: Bad\nlogsource:\n  product: x\ndetection: none\n' },
  { name: 'intel/bundle.json', data: bundle },
  { name: 'README.md', data: '# read me\n' },
  { name: 'empty.json', data: '' },
  { name: '.DS_Store', data: 'x' },
];

describe('folders and archives', () => {
  it('become one import with a line for each format, and say what is not read', async () => {
    const { importer, imports, store, caller, job, upload, live } = workspace();
    const wanted = [upload('mixed.zip', zipOf(mixed)), upload('plain.json', new TextEncoder().encode(bundle))];
    const preview = await importer.preview(wanted, caller, job());
    expect(
      preview.files.map(({ input, format, members, created, rejectedTotal, failure }) => ({
        input,
        format,
        members,
        created,
        rejectedTotal,
        failure,
      })),
    ).toEqual([
      { input: 0, format: 'stix', members: 1, created: 1, rejectedTotal: 0, failure: undefined },
      { input: 0, format: 'sigma', members: 3, created: 7, rejectedTotal: 1, failure: undefined },
      { input: 0, format: 'unknown', members: 2, created: 0, rejectedTotal: 2, failure: undefined },
      { input: 1, format: 'stix', members: undefined, created: 0, rejectedTotal: 0, failure: undefined },
    ]);
    const reports = await importer.run(preview.previewId, {}, job());
    expect(reports.map(({ input, format, created, rejected, loss }) => [input, format, created, rejected.length, loss.length])).toEqual([
      [0, 'stix', 1, 0, 0],
      // Two rules, their edges and log source, the two declarations; ATT&CK's own technique from the bundle, no placeholder.
      [0, 'sigma', 7, 1, 0],
      [0, 'unknown', 0, 2, 1],
      [1, 'stix', 0, 0, 0],
    ]);
    expect(reports[1]?.rejected).toEqual([{ path: 'rules/bad.yml: rule.detection', reason: 'a rule must have a detection (a map)' }]);
    expect(reports[2]?.rejected.map(({ path }) => path)).toEqual(['README.md', 'empty.json']);
    expect(reports[2]?.loss[0]).toMatchObject({ path: '.DS_Store' });
    const [, record] = imports.list();
    expect(record).toMatchObject({ file: 'mixed.zip', format: 'stix, sigma', created: 8, rejected: 3, lost: 1, state: 'done' });
    const before = live();
    expect(before).toBe(6);
    await takeBack(store, record?.action as string, true);
    expect(live()).toBe(0);
  });

  it('a folder, a zip, a tar and a tar in a zip of the same files give the same objects', async () => {
    const place = mkdtempSync(join(folder, 'f-'));
    for (const { name, data } of mixed) {
      mkdirSync(join(place, name, '..'), { recursive: true });
      writeFileSync(join(place, name), data);
    }
    const counts: unknown[] = [];
    for (const wanted of [
      () => ({ source: { path: place } }),
      (one: ReturnType<typeof workspace>) => one.upload('x', zipOf(mixed)),
      (one: ReturnType<typeof workspace>) => one.upload('x', tarOf(mixed)),
      (one: ReturnType<typeof workspace>) => one.upload('x', zipOf([{ name: 'in.tar', data: tarOf(mixed) }])),
    ]) {
      const one = workspace();
      const preview = await one.importer.preview([wanted(one)], one.caller, one.job());
      const reports = await one.importer.run(preview.previewId, {}, one.job());
      counts.push(reports.map(({ format, created, rejected }) => [format, created, rejected.length]));
    }
    expect(new Set(counts.map((count) => JSON.stringify(count))).size).toBe(1);
  });

  it('cut off in the middle, goes on as the import that it was', async () => {
    const { database, store, importer, caller, job, upload, live } = workspace();
    const wanted = [upload('mixed.zip', zipOf(mixed))];
    const preview = await importer.preview(wanted, caller, job());
    await importer.run(preview.previewId, {}, job());
    const before = live();
    // What a kill leaves before the last step, and the engine that comes after it.
    database.prepare("UPDATE import SET state = 'running', finished = NULL").run();
    const imports = createImports(database, { now: () => 1_800_000_000_000, newId: () => '00000000-0000-4000-9000-999999999999' });
    const again = createFileImport({ store, imports, uploads: createUploads(() => 'u'), now: () => 1_800_000_000_000, newId: () => 'p' });
    expect(imports.list()).toMatchObject([{ state: 'unfinished' }]);
    const place = join(folder, 'mixed.zip');
    writeFileSync(place, zipOf(mixed));
    const second = await again.preview([{ source: { path: place } }], caller, job());
    await again.run(second.previewId, {}, job());
    expect(imports.list()).toMatchObject([{ state: 'done', created: 8, rejected: 3, lost: 1 }]);
    expect(live()).toBe(before);
    await takeBack(store, imports.list()[0]?.action as string, true);
    expect(live()).toBe(0);
  });

  it('cancelled, leaves nothing of any format', async () => {
    const { importer, imports, caller, job, upload, live } = workspace();
    const preview = await importer.preview([upload('mixed.zip', zipOf(mixed))], caller, job());
    const stop = new AbortController();
    const cancelling = {
      jobId: 'j',
      signal: stop.signal,
      progress: (_: number | undefined, detail?: string) => detail?.includes('1 objects') && stop.abort(),
    };
    await expect(importer.run(preview.previewId, {}, cancelling as never)).rejects.toThrow(ContractError);
    expect(live()).toBe(0);
    expect(imports.list()[0]?.state).toBe('undone');
  });

  it('fails as a whole, in a sentence, where nothing in it can be read or it is past its bounds', async () => {
    const { importer, caller, job, upload } = workspace();
    const nothing = await importer.preview(
      [upload('a.zip', zipOf([{ name: 'a.txt', data: 'x' }])), upload('e.zip', zipOf([]))],
      caller,
      job(),
    );
    expect(nothing.files.map(({ failure }) => failure)).toEqual([
      '“a.zip” holds no file that can be read.',
      '“e.zip” holds no file that can be read.',
    ]);
    expect(nothing.files[0]?.rejected[0]?.path).toBe('a.txt');
    const bomb = await importer.preview(
      [upload('b.zip', zipOf([{ name: 'a', data: 'x', says: { size: 2 ** 45, zip64: true } }]))],
      caller,
      job(),
    );
    expect(bomb.files[0]?.failure).toMatch(/unpacks to more than/);
    const reports = await importer.run(bomb.previewId, {}, job());
    expect(reports[0]?.failure).toMatch(/unpacks to more than/);
  });

  it('are not read by path through a door without files', async () => {
    const { importer, job } = workspace();
    const preview = await importer.preview([{ source: { path: folder } }], { permissions: new Set() } as unknown as Caller, job());
    expect(preview.files[0]?.failure).toMatch(/not allowed/);
  });

  describe.skipIf(!hasSharedData)(`Sigma’s rules${hasSharedData ? '' : ' (skipped: no shared data)'}`, () => {
    it('come in whole from a tar.xz, one line, and again unchanged', async () => {
      const { importer, imports, caller, job, live } = workspace();
      const wanted = [{ source: { path: shared('sigma/sigma-rules-8eaafff1.tar.xz') } }];
      const preview = await importer.preview(wanted, caller, job());
      expect(preview.files).toHaveLength(1);
      expect(preview.files[0]).toMatchObject({ format: 'sigma', members: 3780, rejectedTotal: 0 });
      const [report] = await importer.run(preview.previewId, {}, job());
      expect(report).toMatchObject({ format: 'sigma', members: 3780, updated: 0, rejected: [] });
      expect(report?.created).toBe(preview.files[0]?.created);
      expect(preview.files[0]?.types.find(({ type }) => type === 'indicator')?.created).toBe(3780);
      const before = live();
      const again = await importer.preview(wanted, caller, job());
      const [second] = await importer.run(again.previewId, {}, job());
      // What was a placeholder is known now and not named again.
      expect(second).toMatchObject({
        created: 0,
        updated: 0,
        rejected: [],
        loss: expect.not.arrayContaining([expect.objectContaining({ what: expect.stringContaining('placeholder') })]),
      });
      expect(live()).toBe(before);
      expect(imports.list()).toHaveLength(2);
    }, 600_000);

    it('that are unsupported come in with the reason', async () => {
      const { importer, caller, job } = workspace();
      const preview = await importer.preview([{ source: { path: shared('sigma/sigma-unsupported-8eaafff1.tar.xz') } }], caller, job());
      expect(preview.files[0]).toMatchObject({ format: 'sigma', members: 87, rejectedTotal: 0 });
      expect(preview.files[0]?.loss.filter(({ what }) => what.includes('aggregation')).length).toBe(54);
    }, 600_000);
  });
});
