import { requireNode } from './node-version.mjs';

requireNode(20);
const { ensureInstalled, environment, launch, root, runNode } = await import('./setup.mjs');

await launch(async () => {
  ensureInstalled();
  return runNode(`${root}/build/launch/test-stages.mjs`, process.argv.slice(2), { env: environment() });
});
