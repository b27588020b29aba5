import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContractError } from '#shared/transport/errors.ts';
import { openDatabase } from '../database.ts';
import { inProcessReaders } from './in-process.ts';
import { createReaders, type Readers, type ReadersOptions } from './readers.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-readers-'));
const path = join(folder, 'w.db');
const key = new Uint8Array(32).fill(0xab);
const childFile = fileURLToPath(new URL('../../../../tests/fixtures/reader-child.ts', import.meta.url));

const children: ChildProcess[] = [];
const logged: string[] = [];
const open: Readers[] = [];
const log = {
  info: () => undefined,
  warn: (message: string, details?: unknown) => void logged.push(message + JSON.stringify(details)),
  error: (message: string, error?: unknown) => void logged.push(`${message} ${String(error)}`),
};

function spawnProcess() {
  const child = fork(childFile, [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  children.push(child);
  return child;
}

function readers(options: Partial<ReadersOptions> = {}): Readers {
  const made = createReaders({ spawn: spawnProcess, log, path, key, ...options });
  open.push(made);
  return made;
}

const alive = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;
const living = () => children.filter(alive).length;
const code = (error: unknown) => (error instanceof ContractError ? error.code : error);
const failure = (promise: Promise<unknown>) => promise.then(() => 'answered', code);
async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

beforeAll(() => {
  const database = openDatabase(path, key, { create: true });
  database.exec(
    "CREATE TABLE object (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO object (name) VALUES ('APT29'), ('T1059'), ('Mimikatz')",
  );
  database.close();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  const left = living();
  children.length = 0;
  logged.length = 0;
  if (left > 0) throw new Error(`${left} reader processes outlived their pool`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('reader processes', () => {
  it('end when nobody asks for a while, and come back when asked', async () => {
    const pool = readers({ idleMs: 200 });
    for (let round = 0; round < 2; round++) {
      const both = Promise.all([pool.read('slow', { ms: 100 }), pool.read('slow', { ms: 100 })]);
      await until(() => living() === 2);
      await both;
      await until(() => living() === 0);
      expect(await pool.read('names', { upTo: 1 })).toEqual(['APT29']);
    }
    expect(logged).toEqual([]);
  });

  it('start when first needed, and answer values and typed arrays', async () => {
    const pool = readers();
    expect(children).toHaveLength(0);
    expect(await pool.read('names', { upTo: 2 })).toEqual(['APT29', 'T1059']);
    expect(await pool.read('ids', undefined)).toEqual(Int32Array.of(1, 2, 3));
    expect(await pool.read('inTransaction', undefined)).toBe(true);
    expect(children).toHaveLength(1);
  });

  it('keep the key out of arguments and environment, and wipe it on neither side too early', async () => {
    const own = key.slice();
    const pool = readers({ key: own });
    const given = JSON.stringify(await pool.read('given', undefined));
    expect(given).not.toMatch(/abababab/i);
    expect(given).not.toContain(path);
    expect(own).toEqual(key);
    await pool.close();
    expect(own).toEqual(key);
  });

  it('answer many reads at once, each its own', async () => {
    const pool = readers({ size: 3 });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => pool.read<string[]>('names', { upTo: n % 4 })));
    answers.forEach((names, n) => expect(names).toHaveLength(n % 4));
    expect(children).toHaveLength(3);
  });

  it('carry errors as a code and a sentence, and say nothing of the inside', async () => {
    const pool = readers();
    await expect(pool.read('refuses', undefined)).rejects.toMatchObject({ code: 'not_found', message: /look at the list/ });
    const error = await pool.read('fails', undefined).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(code(error)).toBe('internal');
    expect(String(error)).not.toContain('secret_table');
    expect(logged.join()).toContain('secret_table');
    for (const name of ['cannotCross', 'no such read', '__proto__', 'constructor'])
      expect(await failure(pool.read(name, undefined))).toBe('internal');
    expect(await failure(pool.read('writes', undefined))).not.toBe('answered');
    expect(children).toHaveLength(1);
  });

  it('refuse params that cannot cross without losing the process', async () => {
    const pool = readers();
    await expect(pool.read('names', { f: () => 1 })).rejects.toThrow(/clone/);
    expect(await pool.read('names', { upTo: 1 })).toEqual(['APT29']);
    expect(children).toHaveLength(1);
  });
});

describe('ending a read', () => {
  it('kills an endless statement at its deadline and reads on', async () => {
    const pool = readers({ size: 1 });
    await pool.read('pid', undefined);
    await expect(pool.read('endless', undefined, { deadlineMs: 200 })).rejects.toMatchObject({
      code: 'timed_out',
      message: /longer than 0\.2 s .*Ask for less/,
    });
    expect(await pool.read('names', { upTo: 1 })).toEqual(['APT29']);
    expect(children.map((child) => child.signalCode)).toEqual(['SIGKILL', null]);
  });

  it('kills an endless statement when it is cancelled', async () => {
    const pool = readers({ size: 1 });
    await pool.read('pid', undefined);
    const abort = new AbortController();
    const endless = failure(pool.read('endless', undefined, { signal: abort.signal }));
    abort.abort();
    expect(await endless).toBe('cancelled');
    await until(() => children[0]?.signalCode === 'SIGKILL');
    expect(await pool.read('names', { upTo: 1 })).toEqual(['APT29']);
  });

  it('spares the process of a cancelled read that ends by itself within the grace', async () => {
    const pool = readers({ size: 1, graceMs: 60_000 });
    const pid = await pool.read('pid', undefined);
    const abort = new AbortController();
    const slow = failure(pool.read('slow', { ms: 50 }, { signal: abort.signal }));
    abort.abort();
    expect(await slow).toBe('cancelled');
    expect(await pool.read('pid', undefined)).toBe(pid);
  });

  it('forgets a waiting read that is cancelled or late, and kills nothing for it', async () => {
    const pool = readers({ size: 1 });
    const pid = await pool.read('pid', undefined);
    const first = pool.read('slow', { ms: 300 });
    const abort = new AbortController();
    const cancelled = failure(pool.read('names', { upTo: 1 }, { signal: abort.signal }));
    const late = failure(pool.read('names', { upTo: 1 }, { deadlineMs: 20 }));
    abort.abort();
    expect(await Promise.all([cancelled, late])).toEqual(['cancelled', 'timed_out']);
    expect(await first).toBe(pid);
    expect(await pool.read('pid', undefined)).toBe(pid);
    expect(await failure(pool.read('pid', undefined, { signal: AbortSignal.abort() }))).toBe('cancelled');
  });

  it('bounds the queue', async () => {
    const pool = readers({ size: 1, queue: 2 });
    await pool.read('pid', undefined);
    const kept = [pool.read('slow', { ms: 20 }), pool.read('pid', undefined), pool.read('pid', undefined)];
    expect(await failure(pool.read('pid', undefined))).toBe('unavailable');
    await Promise.all(kept);
  });

  it('lets reads in the background hold all processes but one', async () => {
    const pool = readers({ size: 2 });
    await Promise.all([pool.read('slow', { ms: 100 }), pool.read('slow', { ms: 100 })]);
    const order: string[] = [];
    const background = ['a', 'b'].map((name, n) =>
      pool.read('slow', { ms: 1000 - 999 * n }, { priority: 'background' }).then(() => order.push(name)),
    );
    await pool.read('pid', undefined).then(() => order.push('interactive'));
    await Promise.all(background);
    expect(order).toEqual(['interactive', 'a', 'b']);
  });
});

describe('processes that die', () => {
  it('are replaced, and their read is tried once more', async () => {
    const pool = readers({ size: 1 });
    const pid = await pool.read<number>('pid', undefined);
    const slow = pool.read('slow', { ms: 400 });
    process.kill(pid, 'SIGKILL');
    expect(await slow).toBe(children[1]?.pid);
    await expect(pool.read('dies', undefined)).rejects.toMatchObject({
      code: 'unavailable',
      message: /ended twice while answering “dies”/,
    });
    expect(await pool.read('names', { upTo: 1 })).toEqual(['APT29']);
    expect(children).toHaveLength(4);
  });

  it('are replaced when they die idle', async () => {
    const pool = readers({ size: 1 });
    process.kill(await pool.read<number>('pid', undefined), 'SIGKILL');
    await until(() => children.length === 2);
    expect(await pool.read('pid', undefined)).toBe(children[1]?.pid);
  });

  it('end in a clear error where none can be started', async () => {
    const dead = () => {
      const child = fork(join(folder, 'not-there.ts'), [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      children.push(child);
      return child;
    };
    const pool = readers({ spawn: dead, size: 1 });
    await expect(pool.read('pid', undefined)).rejects.toMatchObject({ code: 'unavailable', message: /cannot be started/ });
    const never = readers({
      spawn: () => {
        throw new Error('no more processes');
      },
    });
    expect(await failure(never.read('pid', undefined))).toBe('unavailable');
  });

  it('say why the database cannot be opened', async () => {
    expect(await failure(readers({ key: new Uint8Array(32) }).read('pid', undefined))).toBe('damaged');
    expect(await failure(readers({ path: join(folder, 'absent.db') }).read('pid', undefined))).toBe('not_found');
    expect(existsSync(join(folder, 'absent.db'))).toBe(false);
  });

  it('go when their parent goes, and all at once on close', async () => {
    const pool = readers({ size: 2 });
    await Promise.all([pool.read('slow', { ms: 100 }), pool.read('slow', { ms: 100 })]);
    children[0]?.disconnect();
    await until(() => children[0]?.exitCode === 0);
    const endless = failure(pool.read('endless', undefined));
    const waiting = failure(pool.read('endless', undefined));
    await pool.close();
    expect(await Promise.all([endless, waiting])).toEqual(['unavailable', 'unavailable']);
    expect(living()).toBe(0);
    expect(await failure(pool.read('pid', undefined))).toBe('unavailable');
    await pool.close();
  });
});

describe('readers without a process', () => {
  it('behave alike for what they can', async () => {
    const database = openDatabase(path, key, { readonly: true });
    const reads = inProcessReaders(
      { first: (db) => db.prepare('SELECT name FROM object').pluck().get(), nested: (db) => db.inTransaction },
      database,
    );
    expect(await reads.read('first', undefined)).toBe('APT29');
    expect(await reads.read('nested', undefined)).toBe(true);
    expect(await failure(reads.read('first', undefined, { signal: AbortSignal.abort() }))).toBe('cancelled');
    await expect(reads.read('toString', undefined)).rejects.toThrow(/no read/);
    await reads.close();
    expect(await failure(reads.read('first', undefined))).toBe('unavailable');
    database.close();
  });
});
