import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** One check: its name, the tool that runs it (package, and the script in it), the tool's arguments. */
interface Stage {
  readonly name: string;
  readonly tool: readonly [name: string, file: string];
  readonly args: readonly string[];
}

const root = join(import.meta.dirname, '..');
const vitest = ['vitest', 'vitest.mjs'] as const;
const rooms = readdirSync(root).filter((name) => (name.startsWith('src-') || name === 'tests' || name === 'build') && hasSources(name));

/** The longest first, so that the short ones fill the gaps. */
const stages: Stage[] = [
  { name: 'unit tests', tool: vitest, args: ['run', 'src-', 'build/', '--reporter=dot', '--silent'] },
  { name: 'walls', tool: vitest, args: ['run', 'tests/architecture', 'tests/contract', '--reporter=dot', '--maxWorkers=1'] },
  ...rooms.map((room) => ({ name: `types ${room}`, tool: ['typescript', 'bin/tsc'] as const, args: ['-p', room] })),
  { name: 'lint', tool: ['oxlint', 'bin/oxlint'], args: ['--type-aware', '--quiet'] },
  { name: 'dead code', tool: ['knip', 'bin/knip.js'], args: ['--no-progress', '--no-config-hints'] },
  { name: 'format', tool: ['@biomejs/biome', 'bin/biome'], args: ['format', '--reporter=summary', '.'] },
];

const asked = process.argv.slice(2);
const unknown = asked.find((word) => !stages.some(({ name }) => name.startsWith(word)));
if (unknown !== undefined) {
  console.error(`There is no check called “${unknown}”; there are: ${stages.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const chosen = asked.length === 0 ? stages : stages.filter(({ name }) => asked.some((word) => name.startsWith(word)));
const failed: { stage: Stage; output: string }[] = [];
const started = performance.now();

const waiting = [...chosen];
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
for (const { stage, output } of failed) console.log(`\n── ${stage.name} ──\n${output.trim()}`);
const verdict = failed.length === 0 ? `all ${chosen.length} checks passed` : `${failed.length} of ${chosen.length} checks failed`;
console.log(`\n${verdict} in ${seconds(started)}`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function work(): Promise<void> {
  for (let stage = waiting.shift(); stage; stage = waiting.shift()) {
    const begun = performance.now();
    const { code, output } = await run(stage);
    console.log(`${code === 0 ? '✓' : '✗'} ${stage.name.padEnd(20)} ${seconds(begun)}`);
    if (code !== 0) failed.push({ stage, output });
  }
}

function run({ tool: [name, file], args }: Stage): Promise<{ code: number; output: string }> {
  const script = join(root, 'node_modules', name, file);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.stderr.on('data', (piece: Buffer) => pieces.push(piece));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(pieces).toString('utf8') }));
  });
}

function hasSources(folder: string): boolean {
  if (!existsSync(join(root, folder, 'tsconfig.json'))) return false;
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some(
    (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
  );
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
