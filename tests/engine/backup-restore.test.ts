import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOf } from '../faults/bundles.ts';
import { malware, malwareId } from '../faults/objects.ts';
import { done, ended, exported, importFiles, openWorld, passphrase, startEngine, temporaryFolder, type World } from '../faults/world.ts';

const folder = temporaryFolder('backup');
const dir = join(folder.path, 'workspace');
let world: World;

beforeAll(async () => {
  world = await openWorld(dir);
  await importFiles(world.client, [{ name: 'base.json', bytes: bundleOf(Array.from({ length: 40 }, (_, n) => malware(n))) }]);
}, 60_000);
afterAll(async () => {
  await world.close();
  folder.remove();
  expect(world.errors).toEqual([]);
}, 60_000);

const backup = async () => {
  const { admin } = world.client;
  await done(world.client, admin.createBackup());
  const [newest] = (await admin.listBackups()).backups;
  if (!newest) throw new Error('no copy');
  return newest;
};

describe('a copy', () => {
  it('is made beside edits, encrypted, verified, with the numbers of what it was made of', async () => {
    const { admin, knowledge } = world.client;
    const { jobId } = await admin.createBackup();
    await knowledge.addTag({ id: malwareId(1), tag: 'meanwhile' });
    expect((await ended(world.client, jobId)).state).toBe('done');
    const { backups, problem, folder: where } = await admin.listBackups();
    expect(problem).toBeUndefined();
    expect(backups).toMatchObject([{ state: 'verified', reason: 'manual', objects: 40, relationships: 0, foreign: false }]);
    const [copy] = backups;
    const path = join(where, copy?.backupId ?? '', 'workspace.db');
    expect(readFileSync(path).includes('malware number')).toBe(false);
    expect(readFileSync(path).includes('SQLite format 3')).toBe(false);
    expect(readdirSync(where).filter((name) => name.startsWith('.'))).toEqual([]);
  }, 60_000);

  it('that was changed afterwards is found by its check, and cannot be restored', async () => {
    const { admin } = world.client;
    const copy = await backup();
    const path = join((await admin.listBackups()).folder, copy.backupId, 'workspace.db');
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(path, bytes);
    const job = await ended(world.client, (await admin.verifyBackup({ backupId: copy.backupId })).jobId);
    expect(job).toMatchObject({ state: 'failed', failure: expect.stringContaining('cannot be used') });
    expect((await admin.listBackups()).backups.find(({ backupId }) => backupId === copy.backupId)).toMatchObject({ state: 'failed' });
    const restore = await ended(world.client, (await admin.restoreBackup({ backupId: copy.backupId })).jobId);
    expect(restore.state).toBe('failed');
    expect((await admin.getWorkspace()).state).toBe('open');
    await admin.deleteBackup({ backupId: copy.backupId });
    expect((await admin.listBackups()).backups.some(({ backupId }) => backupId === copy.backupId)).toBe(false);
  }, 60_000);

  it('has no name that leaves the folder', async () => {
    const { admin } = world.client;
    for (const backupId of ['../workspace', '..', '20260101-000000-zzzzzz', '/etc'])
      await expect(admin.verifyBackup({ backupId })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(admin.deleteBackup({ backupId: '20260101-000000-aaaaaa' })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a restore', () => {
  it('shows before what would be lost, puts the copy in place, keeps what stood, and is undone by restoring that', async () => {
    const { admin, knowledge } = world.client;
    const before = await exported(world.client);
    const copy = await backup();
    await knowledge.setProperty({ id: malwareId(2), property: 'description', value: 'after the copy' });
    await knowledge.addTag({ id: malwareId(3), tag: 'after' });
    await knowledge.deleteObject({ id: malwareId(4) });
    const changed = await exported(world.client);

    const { jobId } = await admin.previewRestore({ backupId: copy.backupId });
    expect((await ended(world.client, jobId)).state).toBe('done');
    const preview = await admin.getRestorePreview({ jobId });
    expect(preview.lost?.operations).toBe(3);
    expect(preview.lost?.byKind).toEqual([
      { kind: 'delete', operations: 1 },
      { kind: 'set', operations: 1 },
      { kind: 'tag', operations: 1 },
    ]);
    expect(preview.lost?.newest[0]?.what).toContain('Deleted');
    expect(preview.newest.at(-1)?.what).toContain('Imported base.json');
    expect(await exported(world.client)).toEqual(changed);

    await done(world.client, admin.restoreBackup({ backupId: copy.backupId }));
    expect(await exported(world.client)).toEqual(before);
    expect((await admin.verifyAudit()).problems).toEqual([]);
    expect(readdirSync(dir).filter((name) => /replaced|damaged|incoming|swap/.test(name))).toEqual([]);
    const kept = (await admin.listBackups()).backups.find(({ reason }) => reason === 'before-restore');
    expect(kept).toMatchObject({ state: 'verified', objects: 39 });

    // The old line of changes is no continuation of this one: all that came after where they part would be lost.
    await knowledge.addTag({ id: malwareId(5), tag: 'on the new line' });
    const second = await admin.previewRestore({ backupId: kept?.backupId ?? '' });
    await ended(world.client, second.jobId);
    expect((await admin.getRestorePreview(second)).lost?.byKind).toEqual([{ kind: 'tag', operations: 1 }]);
    await done(world.client, admin.restoreBackup({ backupId: kept?.backupId ?? '' }));
    expect(await exported(world.client)).toEqual(changed);
    expect((await admin.verifyAudit()).problems).toEqual([]);
    await knowledge.undo({});
    expect((await knowledge.getEntity({ id: malwareId(4) })).name).toBe('malware number 4');
  }, 120_000);

  it('that was decided and cut off is finished by the next opening', async () => {
    const copy = await backup();
    const { admin, knowledge } = world.client;
    const before = await exported(world.client);
    await knowledge.addTag({ id: malwareId(7), tag: 'gone with the restore' });
    const where = (await admin.listBackups()).folder;
    await world.close();
    writeFileSync(join(dir, 'workspace.db.incoming'), readFileSync(join(where, copy.backupId, 'workspace.db')));
    const journal = {
      format: 'redoubt-swap/1',
      aside: 'replaced-20260101-000000-abcdef',
      keepAside: true,
      what: 'restoreBackup',
      from: copy.backupId,
    };
    writeFileSync(join(dir, 'swap.json'), JSON.stringify(journal));
    world = await openWorld(dir);
    expect(await exported(world.client)).toEqual(before);
    expect(existsSync(join(dir, 'swap.json'))).toBe(false);
    expect(existsSync(join(dir, journal.aside, 'workspace.db'))).toBe(true);
    expect((await world.client.admin.verifyAudit()).problems).toEqual([]);
    await world.close();
    // Without a decision, what lies beside is no more than rubbish.
    writeFileSync(join(dir, 'workspace.db.incoming'), 'half of something');
    world = await openWorld(dir);
    expect(existsSync(join(dir, 'workspace.db.incoming'))).toBe(false);
    expect(await exported(world.client)).toEqual(before);
  }, 60_000);
});

describe('the whole workspace as one file', () => {
  const file = () => join(folder.path, 'whole.redoubt');
  const secret = 'told by telephone';

  it('goes out signed and comes in equal, as a new folder and in place', async () => {
    const { admin, knowledge } = world.client;
    const before = await exported(world.client);
    await done(world.client, admin.exportWorkspace({ passphrase: secret, path: file() }));
    expect(readFileSync(file()).includes('malware')).toBe(false);

    const check = await admin.inspectWorkspaceFile({ source: { path: file() } });
    await ended(world.client, check.jobId);
    const report = await admin.getWorkspaceFileReport(check);
    expect(report).toMatchObject({ own: true, fingerprint: expect.stringMatching(/^([0-9A-F]{4}-){7}[0-9A-F]{4}$/) });
    expect(report.content).toBeUndefined();

    const looked = await admin.inspectWorkspaceFile({ source: { path: file() }, passphrase: secret });
    await ended(world.client, looked.jobId);
    expect((await admin.getWorkspaceFileReport(looked)).content?.objects).toBe(
      Object.values((await knowledge.getStats()).objects).reduce((sum, count) => sum + count, 0),
    );

    const target = join(folder.path, 'elsewhere');
    const job = await admin.importWorkspace({
      source: { path: file() },
      passphrase: secret,
      newPassphrase: 'its own passphrase',
      folder: target,
    });
    expect(await ended(world.client, job.jobId)).toMatchObject({ state: 'done' });
    const made = await admin.getImportedWorkspace(job);
    expect(made).toMatchObject({ workspace: target, recoveryCode: expect.any(String) });
    const other = startEngine(target);
    await expect(other.client.admin.unlock({ passphrase })).rejects.toMatchObject({ code: 'wrong_passphrase' });
    await other.client.admin.unlock({ recoveryCode: made.recoveryCode ?? '' });
    expect(await exported(other.client)).toEqual(before);
    expect((await other.client.admin.verifyAudit()).problems).toEqual([]);
    await other.client.knowledge.addTag({ id: malwareId(9), tag: 'there' });
    await other.close();
    expect(other.errors).toEqual([]);

    await knowledge.addTag({ id: malwareId(8), tag: 'replaced by the file' });
    const changed = await exported(world.client);
    const inPlace = await admin.importWorkspace({ source: { path: file() }, passphrase: secret });
    expect(await ended(world.client, inPlace.jobId)).toMatchObject({ state: 'done' });
    expect(await exported(world.client)).toEqual(before);
    const { kept, recoveryCode } = await admin.getImportedWorkspace(inPlace);
    expect(recoveryCode).toBeUndefined();
    await done(world.client, admin.restoreBackup({ backupId: kept ?? '' }));
    expect(await exported(world.client)).toEqual(changed);
    // The own passphrase still opens it.
    await world.close();
    world = await openWorld(dir);
  }, 120_000);

  it.each<[string, (bytes: Buffer) => Buffer, string, string]>([
    ['one changed byte in the pages', (bytes) => flip(bytes, bytes.length - 5000), 'damaged', 'changed after it was signed'],
    ['one changed byte in the manifest', (bytes) => flip(bytes, 60), 'damaged', 'changed after it was signed'],
    [
      'one changed byte in the signature',
      (bytes) => flip(bytes, 12 + bytes.readUInt32LE(8) + 10),
      'damaged',
      'changed after it was signed',
    ],
    ['its end missing', (bytes) => bytes.subarray(0, bytes.length - 4096), 'damaged', 'cut short'],
    ['all but its beginning missing', (bytes) => bytes.subarray(0, 9), 'damaged', 'cut short'],
    ['something behind its end', (bytes) => Buffer.concat([bytes, Buffer.from('more')]), 'damaged', 'changed after it was signed'],
    ['another kind of content', () => Buffer.from('{"type":"bundle"}'), 'invalid_input', 'no workspace file'],
    ['nothing in it', () => Buffer.alloc(0), 'invalid_input', 'no workspace file'],
    ['a newer format', (bytes) => replaced(bytes, 'redoubt-workspace/1', 'redoubt-workspace/2'), 'conflict', 'newer Redoubt'],
    ['a manifest without end', (bytes) => long(bytes), 'damaged', 'changed after it was signed'],
  ])(
    'with %s is refused in one sentence, and nothing changes',
    async (_what, change, _code, sentence) => {
      const { admin } = world.client;
      const path = join(folder.path, 'changed.redoubt');
      writeFileSync(path, change(readFileSync(file())));
      const before = readdirSync(dir).sort();
      for (const job of [
        await admin.inspectWorkspaceFile({ source: { path } }).then(({ jobId }) => ended(world.client, jobId)),
        await admin.importWorkspace({ source: { path }, passphrase: secret }).then(({ jobId }) => ended(world.client, jobId)),
      ])
        expect(job).toMatchObject({ state: 'failed', failure: expect.stringContaining(sentence) });
      expect(
        readdirSync(dir)
          .filter((name) => name !== 'transit')
          .sort(),
      ).toEqual(before.filter((name) => name !== 'transit'));
    },
    60_000,
  );

  it('does not open by a wrong passphrase, nor over a workspace that is there', async () => {
    const { admin } = world.client;
    const wrong = await admin.importWorkspace({ source: { path: file() }, passphrase: 'not this one' });
    expect(await ended(world.client, wrong.jobId)).toMatchObject({ state: 'failed', failure: expect.stringContaining('passphrase') });
    const over = await admin.importWorkspace({ source: { path: file() }, passphrase: secret, folder: dir });
    expect(await ended(world.client, over.jobId)).toMatchObject({ state: 'failed', failure: expect.stringContaining('already') });
    mkdirSync(join(folder.path, 'empty'));
  }, 60_000);
});

const flip = (bytes: Buffer, at: number) => {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] as number) ^ 1;
  return flipped;
};
const replaced = (bytes: Buffer, what: string, by: string) => {
  const at = bytes.indexOf(what);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(by), bytes.subarray(at + what.length)]);
};
const long = (bytes: Buffer) => {
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(0xffffffff, 8);
  return changed;
};
