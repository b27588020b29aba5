import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '#main/engine.ts';
import { callers } from '#main/hosts/doors.ts';
import { createNodeHost } from '#main/hosts/node-host.ts';
import { type Database, openDatabase } from '#main/platform/database/database.ts';
import type { Log, SecretStore } from '#main/platform/host.ts';
import { readKeyring, unwrapByPassphrase } from '#main/platform/secrets/keyring.ts';
import type { ImportPreview, ImportRecord } from '#shared/contract/knowledge.ts';
import type { Job } from '#shared/contract/jobs.ts';
import { contract } from '#shared/contract/index.ts';
import { type Client, createClient } from '#shared/transport/client.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';

export const passphrase = 'nine lives and a spare';

export type EngineClient = Client<typeof contract>;

export interface World {
  readonly client: EngineClient;
  /** What the engine told its log as an error: a fault that was no sentence. */
  readonly errors: string[];
  close(): Promise<void>;
}

/** An engine under plain Node over this folder, spoken to as the command line does. */
export function startEngine(dataDir: string, onError?: (line: string) => void, more: { secrets?: SecretStore } = {}): World {
  const errors: string[] = [];
  const tell = (line: string) => {
    errors.push(line);
    onError?.(line);
  };
  const log: Log = {
    info: () => undefined,
    warn: () => undefined,
    error: (message, error) => tell(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  };
  const engine = createEngine(createNodeHost({ dataDir, log, ...more }));
  const [near, far] = memoryChannel();
  engine.connect(far, callers.cli);
  return { client: createClient(contract, near), errors, close: () => engine.close() };
}

/** Opens the workspace of the folder, or makes it where there is none. */
export async function openWorld(dataDir: string, onError?: (line: string) => void): Promise<World> {
  const world = startEngine(dataDir, onError);
  try {
    const { state } = await world.client.admin.getWorkspace();
    if (state === 'none') await world.client.admin.createWorkspace({ passphrase });
    else await world.client.admin.unlock({ passphrase });
    return world;
  } catch (error) {
    await world.close();
    throw error;
  }
}

export function temporaryFolder(name: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `redoubt-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The end of a job, however it ended. */
export async function ended(client: EngineClient, jobId: string): Promise<Job> {
  let listen: (() => void) | undefined;
  try {
    return await new Promise<Job>((resolve, reject) => {
      const see = (job: Job) => {
        if (job.jobId === jobId && job.state !== 'running') resolve(job);
      };
      listen = client.jobs.onProgressed(see);
      client.jobs.get({ jobId }).then(see, reject);
    });
  } finally {
    listen?.();
  }
}

/** Waits for a job that must end well; throws its sentence where it does not. */
export async function done(client: EngineClient, started: Promise<{ jobId: string }>): Promise<string> {
  const { jobId } = await started;
  const job = await ended(client, jobId);
  if (job.state !== 'done') throw new Error(`“${job.title}” ended as ${job.state}: ${job.failure ?? ''}`);
  return jobId;
}

export type GivenFile = string | { readonly name: string; readonly bytes: Uint8Array | string };

const PIECE = 700 * 1024;

/** A path as it is, bytes through the door that a page uses. */
async function sourceOf(client: EngineClient, file: GivenFile) {
  if (typeof file === 'string') return { path: file };
  const bytes = typeof file.bytes === 'string' ? Buffer.from(file.bytes) : Buffer.from(file.bytes);
  const { uploadId } = await client.knowledge.openUpload({ name: file.name, size: bytes.length });
  for (let offset = 0; offset < bytes.length; offset += PIECE)
    await client.knowledge.appendUpload({ uploadId, offset, base64: bytes.subarray(offset, offset + PIECE).toString('base64') });
  return { uploadId };
}

export async function preview(client: EngineClient, files: readonly GivenFile[]): Promise<ImportPreview> {
  const sources = [];
  for (const file of files) sources.push({ source: await sourceOf(client, file) });
  const { jobId } = await client.knowledge.previewImport({ files: sources });
  const job = await ended(client, jobId);
  if (job.state !== 'done') throw new Error(`the preview ended as ${job.state}: ${job.failure ?? ''}`);
  return client.knowledge.getImportPreview({ jobId });
}

/** Preview and import as a person does them; answers with both. */
export async function importFiles(client: EngineClient, files: readonly GivenFile[]) {
  const seen = await preview(client, files);
  const { jobId } = await client.knowledge.runImport({ previewId: seen.previewId });
  const job = await ended(client, jobId);
  if (job.state !== 'done') throw new Error(`the import ended as ${job.state}: ${job.failure ?? ''}`);
  return { preview: seen.files, reports: await client.knowledge.getImportReport({ jobId }) };
}

export async function importNamed(client: EngineClient, file: string): Promise<ImportRecord[]> {
  return (await client.knowledge.listImports()).filter((record) => record.file === file);
}

/** The whole graph as STIX 2.1, one canonical text per object, sorted. */
export async function exported(client: EngineClient): Promise<string[]> {
  const { jobId } = await client.knowledge.exportGraph({ format: 'stix2.1' });
  const job = await ended(client, jobId);
  if (job.state !== 'done') throw new Error(`the export ended as ${job.state}: ${job.failure ?? ''}`);
  const pieces: Uint8Array[] = [];
  for (let offset = 0; ; ) {
    const { header, body } = await client.knowledge.getExport({ jobId, offset });
    pieces.push(body);
    offset += body.length;
    if (offset >= header.size) break;
  }
  const bundle = JSON.parse(Buffer.concat(pieces).toString()) as { objects?: Record<string, unknown>[] };
  return (bundle.objects ?? []).map((object) => JSON.stringify(object)).sort();
}

const keys = new Map<string, Uint8Array>();

/** The database itself, past the engine; only while no engine has it open for writing. */
export async function openRaw(dataDir: string): Promise<Database> {
  const keyring = readKeyring(join(dataDir, 'keys.json'));
  if (!keyring) throw new Error('no keyring');
  const key = keys.get(keyring.workspace) ?? (await unwrapByPassphrase(keyring, passphrase));
  keys.set(keyring.workspace, key);
  return openDatabase(join(dataDir, 'workspace.db'), key);
}
