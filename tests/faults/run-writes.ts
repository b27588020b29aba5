import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failWrites, hasStrace } from './write-errors.ts';

/* node tests/faults/run-writes.ts [--runs 300] [--seed 5]: needs strace; the result as JSON, progress on standard error. */
const told = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : Number(process.argv[at + 1]);
};
if (!hasStrace) throw new Error('strace is not on this machine, or this is not Linux');
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'redoubt-faults-compiled');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

const began = performance.now();
const outcome = await failWrites({ runs: told('runs', 300), seed: told('seed', 5), tell: (line) => process.stderr.write(`${line}\n`) });
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ ...outcome, seconds }, null, 2)}\n`);
process.exitCode = outcome.faults.length === 0 ? 0 : 1;
