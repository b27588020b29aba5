import { spawn, spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seeded } from '../bench/generate.ts';
import { bundleOf } from './bundles.ts';
import { type CopiesLine, copiesPassphrase, tagsOf } from './copies-lines.ts';
import { malware } from './objects.ts';
import { importFiles, startEngine, temporaryFolder } from './world.ts';

/** Whether this machine can inject errors into the system calls of a child. */
export const hasStrace = process.platform === 'linux' && spawnSync('strace', ['-V']).status === 0;

export interface WriteErrorTerms {
  readonly runs: number;
  readonly seed: number;
  readonly tell?: (line: string) => void;
}

export interface WriteErrorOutcome {
  readonly runs: number;
  /** By call and error: how many runs were told of it, and in how many it hit nothing. */
  readonly byKind: Record<string, number>;
  readonly acknowledged: number;
  readonly faults: readonly string[];
}

const kinds = [
  { call: 'pwrite64', error: 'ENOSPC', most: 160 },
  { call: 'pwrite64', error: 'EIO', most: 160 },
  { call: 'fdatasync', error: 'EIO', most: 40 },
  { call: 'fsync', error: 'EIO', most: 12 },
  { call: 'ftruncate', error: 'EIO', most: 4 },
] as const;

/**
 * Lives in which the nth write to the database, its log, a copy or a key file fails, once or from
 * then on. Every refusal is a sentence; what was acknowledged stands when the disk is well again.
 */
export async function failWrites(terms: WriteErrorTerms): Promise<WriteErrorOutcome> {
  const folder = temporaryFolder('writes');
  const random = seeded(terms.seed);
  const byKind: Record<string, number> = {};
  const faults: string[] = [];
  let acknowledged = 0;
  try {
    const fresh = join(folder.path, 'fresh');
    const making = startEngine(fresh);
    await making.client.admin.createWorkspace({ passphrase: copiesPassphrase });
    await importFiles(making.client, [{ name: 'base.json', bytes: bundleOf(Array.from({ length: 60 }, (_, n) => malware(n))) }]);
    await making.close();
    for (let run = 0; run < terms.runs; run++) {
      const dataDir = join(folder.path, 'workspace');
      rmSync(dataDir, { recursive: true, force: true });
      cpSync(fresh, dataDir, { recursive: true });
      const kind = kinds[run % kinds.length] as (typeof kinds)[number];
      const nth = 1 + Math.floor(random() * kind.most);
      const lasting = random() < 0.5;
      const what = `${kind.call} ${kind.error} ${nth}${lasting ? ' and after' : ''}`;
      const { lines, stderr, code } = await live(dataDir, `${kind.call}:error=${kind.error}:when=${nth}${lasting ? '+' : ''}`);
      const sentences = lines.flatMap((line) => ('phase' in line && line.phase.startsWith('refused') ? [line.phase] : []));
      const closed = lines.some((line) => 'phase' in line && line.phase === 'closed');
      if (!closed) faults.push(`${what}: the engine ended with ${code}: ${stderr.slice(-800)}`);
      for (const said of sentences)
        if ((!/ended as failed: \w/.test(said) && /^refused (?:unknown|internal)/.test(said)) || said.includes('Something went wrong'))
          faults.push(`${what}: no sentence: ${said} ${stderr.slice(-600)}`);
      acknowledged += lines.filter((line) => 'ack' in line).length;
      for (const fault of await examine(dataDir, lines)) faults.push(`${what}: ${fault}`);
      const key = `${kind.call} ${kind.error}: ${sentences.length > 0 ? 'told' : 'no command failed'}`;
      byKind[key] = (byKind[key] ?? 0) + 1;
      terms.tell?.(
        `${run + 1}/${terms.runs} ${what}: ${sentences.length} refusals; ${sentences[0]?.slice(0, 140) ?? ''}; ${faults.length} faults so far`,
      );
    }
    return { runs: terms.runs, byKind, acknowledged, faults };
  } finally {
    folder.remove();
  }
}

function live(dataDir: string, inject: string): Promise<{ lines: CopiesLine[]; stderr: string; code: number | null }> {
  const script = fileURLToPath(new URL('./write-child.ts', import.meta.url));
  const life = JSON.stringify({ dataDir, seed: 1, file: '', elsewhere: '' });
  const watched = ['workspace.db', 'workspace.db-wal', 'keys.json.new', 'backups.json.new', 'workspace.head'].flatMap((name) => [
    '-P',
    join(dataDir, name),
  ]);
  const child = spawn(
    'strace',
    ['-f', '--seccomp-bpf', '-qqq', '-o', '/dev/null', ...watched, '-e', `inject=${inject}`, process.execPath, script, life],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines: CopiesLine[] = [];
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  createInterface({ input: child.stdout }).on('line', (text) => lines.push(JSON.parse(text) as CopiesLine));
  return new Promise((resolve) => {
    const slow = setTimeout(() => child.kill('SIGKILL'), 120_000);
    child.on('close', (code) => {
      clearTimeout(slow);
      resolve({ lines, stderr, code });
    });
  });
}

/** With the disk well again: what was acknowledged is there, what was refused is there whole or not at all. */
async function examine(dataDir: string, lines: readonly CopiesLine[]): Promise<string[]> {
  const faults: string[] = [];
  let must: readonly string[] = [];
  const may = new Set<string>();
  for (const line of lines) {
    if ('begin' in line) for (const tag of line.after) may.add(tag);
    else if ('ack' in line) must = line.ack;
  }
  const world = startEngine(dataDir);
  try {
    const { notice } = await world.client.admin.unlock({ passphrase: copiesPassphrase });
    if (notice !== undefined && !notice.includes('workspace.head')) faults.push(`the opening says: ${notice}`);
    const tags = await tagsOf(world.client);
    const lost = must.filter((tag) => !tags.includes(tag));
    const strange = tags.filter((tag) => !may.has(tag));
    if (lost.length > 0) faults.push(`acknowledged and lost: ${lost.join()}`);
    if (strange.length > 0) faults.push(`never asked for: ${strange.join()}`);
    const { problems } = await world.client.admin.verifyAudit();
    faults.push(...problems);
    for (const backup of (await world.client.admin.listBackups()).backups)
      if (backup.state !== 'verified') faults.push(`a copy is ${backup.state}: ${backup.problem ?? ''}`);
  } catch (error) {
    faults.push(String(error));
  } finally {
    await world.close();
  }
  return [...faults, ...world.errors];
}
