import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Backup, WorkspaceFileReport, WorkspaceFileSource } from '#shared/contract/admin.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { BackupDoor } from '#main/features/admin/index.ts';
import { sizeOf } from '#main/platform/backup/copier.ts';
import { makePrivateFolder, removeDatabase, requireRoom, syncFolder } from '#main/platform/backup/durable.ts';
import { decideSwap, swapPlaces } from '#main/platform/backup/swap.ts';
import { lockWorkspace } from '#main/platform/database/workspace-lock.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { createKeyring } from '#main/platform/secrets/keyring.ts';
import { createKeyringFiles } from '#main/platform/secrets/keyring-files.ts';
import { signingKey } from '#main/platform/secrets/signing.ts';
import { type Checked, checkWorkspaceFile, openWorkspaceFile } from '#main/platform/workspace-file/read.ts';
import { writeWorkspaceFile } from '#main/platform/workspace-file/write.ts';
import type { CopyTerms, Exclusive } from './copies.ts';
import type { Held } from './held.ts';
import { makeFolder } from './opening.ts';
import { placesIn } from './places.ts';

interface Inner {
  readonly exclusive: Exclusive;
  requireHeld(): Held;
  keepPresent(job: JobHandle, reason: 'before-import'): Promise<Backup | undefined>;
  audit(what: string, details: { [key: string]: string }): void;
}

type FileDoor = Pick<
  BackupDoor,
  'exportFile' | 'filePiece' | 'openUpload' | 'appendUpload' | 'inspectFile' | 'fileReport' | 'importFile' | 'imported'
>;

/** Bytes of one answer. */
const PIECE = 4 * 1024 * 1024;
const SPARE_BYTES = 16 * 1024 * 1024;
const MOST_UPLOADS = 4;

/** A whole workspace as one signed file: written, checked, and made a workspace again. */
export function fileDoor(terms: CopyTerms, { exclusive, requireHeld, keepPresent, audit }: Inner): FileDoor {
  const { host, jobs, places, copier } = terms;
  const written = new Map<string, { path: string; fileName: string; size: number; fingerprint: string }>();
  const reports = new Map<string, WorkspaceFileReport>();
  const made = new Map<string, { workspace: string; recoveryCode?: string; kept?: string }>();
  const uploads = new Map<string, { path: string; size: number; received: number }>();

  const signing = ({ key }: Held) => signingKey(places.signing, key, host.randomBytes, terms.stamp());
  const transit = (name: string) => {
    makePrivateFolder(places.transit);
    return join(places.transit, name);
  };

  const pathOf = (source: WorkspaceFileSource): string => {
    if ('path' in source) return resolve(source.path);
    const upload = uploads.get(source.uploadId);
    if (!upload) throw new ContractError('not_found', 'This file is not here any more; choose it again.');
    if (upload.received !== upload.size) throw new ContractError('conflict', 'The workspace file has not come whole yet.');
    return upload.path;
  };

  const exportTo = async (job: JobHandle, passphrase: string, wanted: string | undefined) => {
    const held = requireHeld();
    const open = terms.current();
    if (!open) throw new ContractError('locked', 'Unlock the workspace first.');
    open.knowledge.store.commitSteps();
    const fileName = `redoubt-${new Date(host.now()).toISOString().slice(0, 10)}.redoubt`;
    const target = wanted === undefined ? transit(`${job.jobId}.redoubt`) : resolve(wanted);
    if (wanted !== undefined && existsSync(target))
      throw new ContractError('conflict', `There is a file ${target} already; choose another name, or move it away.`);
    const size = sizeOf(places.database) + sizeOf(`${places.database}-wal`);
    requireRoom(places.dataDir, (wanted === undefined ? 2 : 1) * size + SPARE_BYTES, 'Writing the workspace as one file');
    if (wanted !== undefined) requireRoom(dirname(target), size + SPARE_BYTES, 'Writing the workspace file');
    const database = transit(`${job.jobId}.db`);
    const fileKey = host.randomBytes(32);
    try {
      job.progress(0, 'copying');
      await copier.copy({ path: places.database, key: held.key }, database, {
        signal: job.signal,
        progress: (bytes) => job.progress(Math.min(0.3, (0.3 * bytes) / Math.max(1, size)), 'copying'),
      });
      job.progress(0.3, 'checking the copy');
      const found = await copier.check({ path: database, key: held.key }, { signal: job.signal });
      const [problem] = found.problems;
      if (problem !== undefined || !found.census)
        throw new ContractError(
          'damaged',
          `The workspace was checked before it was written, and is not whole: ${problem ?? 'its tables are of another version.'}`,
        );
      job.progress(0.6, 'encrypting it for the file');
      await copier.rekey({ path: database, key: held.key.slice() }, fileKey.slice(), { signal: job.signal });
      job.progress(0.7, 'writing the file');
      const key = signing(held);
      const bytes = await writeWorkspaceFile({
        database,
        fileKey,
        target: `${target}.part`,
        passphrase,
        signing: key,
        summary: found.census,
        schema: found.schema,
        now: host.now(),
        random: host.randomBytes,
        signal: job.signal,
        progress: (done) => job.progress(0.7 + (0.3 * done) / Math.max(1, sizeOf(database)), 'writing the file'),
      });
      job.signal.throwIfAborted();
      renameSync(`${target}.part`, target);
      syncFolder(dirname(target));
      for (const [id, old] of written) {
        if (old.path.startsWith(places.transit)) rmSync(old.path, { force: true });
        written.delete(id);
      }
      written.set(job.jobId, {
        path: target,
        fileName: wanted === undefined ? fileName : basename(target),
        size: bytes,
        fingerprint: key.fingerprint,
      });
      audit('exportWorkspace', { fingerprint: key.fingerprint });
    } catch (error) {
      rmSync(`${target}.part`, { force: true });
      throw job.signal.aborted ? new ContractError('cancelled', 'Cancelled; no file was written.') : spoken(error, dirname(target));
    } finally {
      removeDatabase(database);
      fileKey.fill(0);
    }
  };

  const isOwn = (publicKey: Uint8Array): boolean | undefined => {
    const held = terms.current() && terms.held();
    if (!held || !existsSync(places.signing)) return held ? false : undefined;
    return Buffer.from(signing(held).publicKey).equals(publicKey);
  };

  const basics = ({ manifest, size, fingerprint, publicKey }: Checked): WorkspaceFileReport => {
    const own = isOwn(publicKey);
    return { createdAt: manifest.createdAt, size, schema: manifest.schema, fingerprint, ...(own !== undefined && { own }) };
  };

  /** Lays the file's database beside, checked in every way there is. The caller removes it. */
  const unpack = async (path: string, passphrase: string, database: string, job: JobHandle) => {
    const { fileKey, summary } = await openWorkspaceFile(path, passphrase);
    makePrivateFolder(dirname(database));
    requireRoom(dirname(database), sizeOf(path) + SPARE_BYTES, 'Reading the workspace file');
    removeDatabase(database);
    const total = Math.max(1, sizeOf(path));
    const checked = await checkWorkspaceFile(path, {
      signal: job.signal,
      database,
      progress: (bytes) => job.progress((0.4 * bytes) / total, 'checking signature and hashes'),
    });
    job.progress(0.4, 'checking what it holds');
    const found = await copier.check({ path: database, key: fileKey.slice() }, { signal: job.signal, newest: 10 });
    const [problem] = found.problems;
    if (problem !== undefined) throw new ContractError('damaged', `The workspace in this file is not whole: ${problem}`);
    const census = found.census;
    // Of an older schema, what cannot be counted is taken from its signed summary.
    if (census && (census.head !== summary.head || census.operations !== summary.operations || census.objects !== summary.objects))
      throw new ContractError('damaged', 'The workspace in this file does not hold what its summary says; ask for it again.');
    return { fileKey, summary, checked, newest: found.newest };
  };

  /** Damaged, and whoever is here has proved that it is theirs. */
  const brokenAndHeld = () => terms.isBroken() && terms.held() !== undefined;

  const inspect = async (job: JobHandle, path: string, passphrase: string | undefined) => {
    if (passphrase === undefined) {
      const total = Math.max(1, sizeOf(path));
      reports.set(
        job.jobId,
        basics(await checkWorkspaceFile(path, { signal: job.signal, progress: (bytes) => job.progress(bytes / total) })),
      );
      return;
    }
    const database = transit(`${job.jobId}.db`);
    try {
      const { summary, checked, newest } = await unpack(path, passphrase, database, job);
      const { operations, objects, relationships, head } = summary;
      reports.set(job.jobId, {
        ...basics(checked),
        content: { operations, objects, relationships, head, newest: newest.map((change) => ({ ...change })) },
      });
    } finally {
      removeDatabase(database);
    }
  };

  const importFrom = async (
    job: JobHandle,
    input: { path: string; passphrase: string; newPassphrase: string | undefined; folder: string | undefined },
  ) => {
    const open = terms.current();
    const inPlace = input.folder === undefined && (open !== undefined || brokenAndHeld());
    const target = input.folder === undefined ? places : placesIn(resolve(input.folder));
    if (!inPlace) refuseAnother(target);
    const into = swapPlaces(target.dataDir);
    makeFolder(target.dataDir);
    try {
      const { fileKey, checked } = await unpack(input.path, input.passphrase, into.incoming, job);
      job.signal.throwIfAborted();
      const from = `file of ${checked.manifest.createdAt} signed by ${checked.fingerprint}`;
      const journal = { what: 'importWorkspace' as const, from };
      if (inPlace) {
        const held = requireHeld();
        await copier.rekey({ path: into.incoming, key: fileKey }, held.key.slice(), { signal: job.signal });
        const kept = terms.isBroken() ? undefined : await keepPresent(job, 'before-import');
        job.signal.throwIfAborted();
        const before = open?.knowledge.store.log.end().key;
        await terms.swap(
          {
            ...journal,
            aside: `${kept ? 'replaced' : 'damaged'}-${terms.stamp()}`,
            keepAside: !kept,
            ...(before !== undefined && { before }),
          },
          held,
          job.jobId,
        );
        made.set(job.jobId, { workspace: target.dataDir, ...(kept && { kept: kept.backupId }) });
        return;
      }
      const fresh = await createKeyring(input.newPassphrase ?? input.passphrase, randomUUID(), host.now(), host.randomBytes);
      await copier.rekey({ path: into.incoming, key: fileKey }, fresh.key.slice(), { signal: job.signal });
      job.signal.throwIfAborted();
      const decided = { ...journal, aside: `replaced-${terms.stamp()}`, keepAside: false };
      const keys = { key: fresh.key, keyring: fresh.keyring };
      if (input.folder === undefined) {
        terms.adopt(keys);
        await terms.swap(decided, keys, job.jobId);
      } else {
        // Its first opening carries this out, as after a crash.
        const lock = lockWorkspace(target.lock);
        try {
          refuseAnother(target);
          decideSwap(into, decided);
          createKeyringFiles(target.keys, target.secondKeys).write(fresh.keyring);
        } finally {
          lock.release();
        }
      }
      made.set(job.jobId, { workspace: target.dataDir, recoveryCode: fresh.recoveryCode });
    } catch (error) {
      if (!existsSync(into.journal)) removeDatabase(into.incoming);
      throw job.signal.aborted
        ? new ContractError('cancelled', 'Cancelled; everything is as it was before.')
        : spoken(error, target.dataDir);
    }
  };

  return {
    exportFile: ({ passphrase, path }) => {
      requireHeld();
      return exclusive.start('Write the workspace as one file', (job) => exportTo(job, passphrase, path));
    },
    async filePiece(jobId, offset) {
      jobs.result(jobId);
      const file = written.get(jobId);
      if (!file || !existsSync(file.path))
        throw new ContractError('not_found', 'This workspace file is not here any more; write it again.');
      const body = new Uint8Array(Math.max(0, Math.min(PIECE, file.size - offset)));
      const handle = openSync(file.path, 'r');
      try {
        readSync(handle, body, 0, body.length, offset);
      } finally {
        closeSync(handle);
      }
      return { header: { fileName: file.fileName, size: file.size, offset, fingerprint: file.fingerprint }, body };
    },
    openUpload(size) {
      makeFolder(host.dataDir);
      requireRoom(host.dataDir, size + SPARE_BYTES, 'The workspace file');
      const [oldest] = uploads;
      if (oldest && uploads.size >= MOST_UPLOADS) {
        rmSync(oldest[1].path, { force: true });
        uploads.delete(oldest[0]);
      }
      const uploadId = randomUUID();
      const path = transit(`${uploadId}.redoubt`);
      writeSyncAt(path, new Uint8Array(), 0);
      uploads.set(uploadId, { path, size, received: 0 });
      return { uploadId };
    },
    appendUpload({ uploadId, offset, base64 }) {
      const upload = uploads.get(uploadId);
      if (!upload || !existsSync(upload.path)) throw new ContractError('not_found', 'This file is not here any more; choose it again.');
      if (offset !== upload.received) throw new ContractError('conflict', `Piece at ${offset} came out of turn; choose the file again.`);
      const piece = Buffer.from(base64, 'base64');
      if (upload.received + piece.length > upload.size)
        throw new ContractError('invalid_input', 'The file is longer than announced; choose it again.');
      writeSyncAt(upload.path, piece, offset);
      upload.received += piece.length;
      return { received: upload.received };
    },
    inspectFile({ source, passphrase }) {
      const path = pathOf(source);
      return exclusive.start('Check a workspace file', (job) => inspect(job, path, passphrase));
    },
    fileReport(jobId) {
      jobs.result(jobId);
      const report = reports.get(jobId);
      if (!report) throw new ContractError('not_found', 'This check is not here any more; ask for it again.');
      return report;
    },
    importFile({ source, passphrase, newPassphrase, folder }) {
      const path = pathOf(source);
      // A locked workspace is not replaced unseen: its present state could not be kept. A damaged one is set aside whole.
      if (folder === undefined && !terms.current() && !brokenAndHeld()) refuseAnother(places);
      return exclusive.start('Make a workspace of a file', (job) => importFrom(job, { path, passphrase, newPassphrase, folder }));
    },
    imported(jobId) {
      jobs.result(jobId);
      const result = made.get(jobId);
      if (!result) throw new ContractError('not_found', 'What this import became is not known any more.');
      // A recovery code is shown once.
      made.delete(jobId);
      return result;
    },
  };
}

function refuseAnother({ keys, secondKeys, database, dataDir }: ReturnType<typeof placesIn>): void {
  if ([keys, secondKeys, database].some((path) => existsSync(path)))
    throw new ContractError(
      'conflict',
      `There is a workspace in ${dataDir} already; open it to have its place taken, or choose another folder.`,
    );
}

function writeSyncAt(path: string, bytes: Uint8Array, offset: number): void {
  const file = openSync(path, offset === 0 ? 'w' : 'r+', 0o600);
  try {
    for (let sent = 0; sent < bytes.length; ) sent += writeSync(file, bytes, sent, bytes.length - sent, offset + sent);
  } finally {
    closeSync(file);
  }
}

/** What the system says of a folder or disk, in one sentence. */
export function spoken(error: unknown, folder: string): unknown {
  if (isContractError(error)) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOSPC')
    return new ContractError('unavailable', 'The disk is full; nothing was written. Free some space and try again.', { cause: error });
  if (/^(?:EACCES|EROFS|EPERM|ENOTDIR|ENOENT|EEXIST|EIO|EISDIR)$/.test(code))
    return new ContractError('unavailable', `${folder} cannot be written to; choose another folder, or change its permissions.`, {
      cause: error,
    });
  return error;
}
