import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageMany } from './damages.ts';

/* node tests/faults/run-damages.ts [--flips 300] [--cuts 100] [--seed 5]: the result as JSON, progress on standard error. */
const told = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : Number(process.argv[at + 1]);
};
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'redoubt-faults-compiled');
enableCompileCache(process.env['NODE_COMPILE_CACHE']);

const began = performance.now();
const outcome = await damageMany({
  flips: told('flips', 300),
  cuts: told('cuts', 100),
  seed: told('seed', 5),
  tell: (line) => process.stderr.write(`${line}\n`),
});
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ ...outcome, seconds }, null, 2)}\n`);
process.exitCode = outcome.faults.length === 0 ? 0 : 1;
