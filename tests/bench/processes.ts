import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const passphrase = 'a passphrase for the bench';

export const environment = (change: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_NO_WARNINGS: '1',
  REDOUBT_PASSPHRASE: passphrase,
  ...change,
});

export interface Ran {
  readonly wallMs: number;
  /** Processor time of the process and its children that ended, from /proc; NaN where there is none. */
  readonly cpuMs: number;
  /** Highest resident memory of the largest process, in MiB; NaN where there is no /proc. */
  readonly largestMiB: number;
  /** Highest sum over all its processes at one moment; shared pages count once for each. */
  readonly togetherMiB: number;
  readonly output: string;
}

/** Runs `redoubt …` as a process and watches it and all that it starts. Throws where it fails. */
export function redoubt(args: readonly string[], allowed: readonly number[] = [0]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [join(root, 'build', 'launch', 'redoubt.mjs'), ...args], {
      cwd: root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const watch = watchMemory(child.pid ?? 0);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => err.push(piece));
    child.on('error', reject);
    child.on('close', (code) => {
      const wallMs = performance.now() - began;
      const memory = watch.end();
      if (!allowed.includes(code ?? -1))
        reject(new Error(`redoubt ${args.join(' ')} ended with ${code}: ${Buffer.concat(err).toString()}`));
      else resolve({ wallMs, ...memory, output: Buffer.concat(out).toString() });
    });
  });
}

/** Looks at a process and its descendants some fifty times a second (Linux; elsewhere it knows nothing). */
export function watchMemory(pid: number, everyMs = 20) {
  let largestMiB = Number.NaN;
  let togetherMiB = Number.NaN;
  let largestChildMiB = Number.NaN;
  const cpu = new Map<number, number>();
  const look = () => {
    const family = descendants(pid);
    let sum = 0;
    for (const { id, rssMiB, peakMiB, cpuMs } of family) {
      sum += rssMiB;
      largestMiB = Math.max(Number.isNaN(largestMiB) ? 0 : largestMiB, peakMiB);
      if (id !== pid) largestChildMiB = Math.max(Number.isNaN(largestChildMiB) ? 0 : largestChildMiB, peakMiB);
      cpu.set(id, cpuMs);
    }
    if (family.length > 0) togetherMiB = Math.max(Number.isNaN(togetherMiB) ? 0 : togetherMiB, sum);
  };
  look();
  const timer = setInterval(look, everyMs);
  return {
    end() {
      clearInterval(timer);
      const cpuMs = cpu.size > 0 ? [...cpu.values()].reduce((total, one) => total + one, 0) : Number.NaN;
      return { largestMiB, togetherMiB, cpuMs, largestChildMiB, childrenCpuMs: cpuMs - (cpu.get(pid) ?? 0) };
    },
  };
}

function descendants(first: number): { id: number; rssMiB: number; peakMiB: number; cpuMs: number }[] {
  const found = [];
  const wanted = [first];
  while (wanted.length > 0) {
    const id = wanted.pop() as number;
    try {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
      const times = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
      // Fields 14 and 15 of stat, in ticks of 10 ms.
      found.push({ id, rssMiB: kib('VmRSS') / 1024, peakMiB: kib('VmHWM') / 1024, cpuMs: (Number(times[11]) + Number(times[12])) * 10 });
      for (const task of readdirSync(`/proc/${id}/task`))
        wanted.push(...readFileSync(`/proc/${id}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number));
    } catch {
      // It has ended, or this system has no /proc.
    }
  }
  return found;
}
