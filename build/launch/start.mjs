import { requireNode } from './node-version.mjs';

requireNode(20);
const { ensureInstalled, launch, root, runNode } = await import('./setup.mjs');

await launch(async () => {
  ensureInstalled();
  return runNode(`${root}/build/launch/start-app.mjs`, process.argv.slice(2));
});
