import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { ContractError } from '#shared/transport/errors.ts';

export interface StaticFile {
  readonly path: string;
  readonly type: string;
  /** Its name holds a hash of its content, so it never changes. */
  readonly immutable: boolean;
  read(): Promise<Buffer<ArrayBuffer>>;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};

/**
 * The files of the built face, listed once: a request is looked up here by its exact path and
 * never joined to a folder, so there is nothing to climb out of. Links are not followed.
 */
export function listStaticFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  let entries: { name: string; parentPath: string; isFile(): boolean }[];
  try {
    entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  } catch (cause) {
    throw new ContractError('unavailable', `The face is not built: ${folder} is missing; run “npm start” once.`, { cause });
  }
  for (const entry of entries) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join('/')}`;
    files.set(path, { path, type, immutable: path.startsWith('/assets/'), read: () => readFile(file) });
  }
  const index = files.get('/index.html');
  if (!index) throw new ContractError('unavailable', `The face is not built: ${folder} holds no index.html; run “npm start” once.`);
  files.set('/', index);
  return files;
}
