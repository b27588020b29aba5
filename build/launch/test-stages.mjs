import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser, installBrowser } from './browser.mjs';
import { buildFace } from './face.mjs';
import { environment, launch, root, run, SetupError } from './setup.mjs';

/**
 * All tests: the checks (with unit tests and walls), what no single file owns, the journeys in a
 * browser. Each stage runs even where an earlier one failed; each one's time is printed.
 */
launch(async () => {
  const asked = process.argv.slice(2);
  const vitest = (folders) =>
    run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...folders], {
      env: environment(browserEnvironment()),
      cwd: root,
    });
  const stages = [
    ['check', () => run(process.execPath, [join(root, 'build', 'check.ts')], { env: environment(), cwd: root })],
    ['face', () => buildFace().then(() => 0)],
    ['whole', () => vitest(wholeFolders())],
    ['journeys', () => vitest(['tests/e2e'])],
  ];
  const unknown = asked.find((name) => !stages.some(([stage]) => stage === name));
  if (unknown !== undefined) throw new SetupError(`There is no stage “${unknown}”; there are: ${stages.map(([name]) => name).join(', ')}.`);
  const results = [];
  for (const [name, work] of stages) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.log(`\n━━ ${name} ━━`);
    const started = performance.now();
    const code = await work();
    results.push({ name, code, seconds: (performance.now() - started) / 1000 });
  }
  console.log('\nStage       Result   Time');
  for (const { name, code, seconds } of results)
    console.log(`${name.padEnd(10)}  ${code === 0 ? 'passed' : 'FAILED'}  ${seconds.toFixed(1).padStart(6)} s`);
  return results.some(({ code }) => code !== 0) ? 1 : 0;
});

/** Every folder of tests/ that holds tests and that neither the checks nor the journeys run. */
function wholeFolders() {
  return readdirSync(join(root, 'tests'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['architecture', 'contract', 'e2e', 'bench'].includes(entry.name))
    .map((entry) => `tests/${entry.name}`)
    .filter((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).some((name) => /\.test\.tsx?$/.test(name)));
}

/** Where the journeys find their browser; `none` makes them say by name that they are skipped. */
function browserEnvironment() {
  if (!findBrowser() && installBrowser() && !findBrowser()) console.error('Chromium was installed but is not where it is looked for.');
  return { REDOUBT_BROWSER: findBrowser() ?? 'none' };
}

if (!existsSync(join(root, 'tests'))) throw new SetupError('The folder tests is missing; restore it with git checkout tests.');
