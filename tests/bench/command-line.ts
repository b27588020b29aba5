import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spread } from './measure.ts';
import { type Ran, redoubt } from './processes.ts';

/** Cold starts of the command line over a workspace that holds the built-in packs. */
export async function benchCommandLine({ rounds = 5 } = {}): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const workspace = ['--workspace', join(folder, 'workspace')];
  try {
    await redoubt(['init', ...workspace]);
    await redoubt(['pack', 'install', ...workspace]);
    const commands: Record<string, string[]> = {
      help: ['--help'],
      search: ['search', 'T1059.001', ...workspace],
      show: ['show', 'T1059.001', ...workspace],
      stats: ['stats', ...workspace],
      neighbours3: ['neighbours', 'T1059.001', '--hops', '3', ...workspace],
    };
    const runs: Record<string, Ran[]> = {};
    for (let turn = 0; turn < rounds; turn++)
      for (const [name, args] of Object.entries(commands)) (runs[name] ??= []).push(await redoubt(args));
    return Object.fromEntries(
      Object.entries(runs).map(([name, of]) => [
        name,
        {
          wallMs: spread(of.map(({ wallMs }) => wallMs)),
          cpuMs: spread(of.map(({ cpuMs }) => cpuMs)),
          largestProcessMiB: spread(of.map(({ largestMiB }) => largestMiB)),
        },
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
