import './platform/http/guard-on.ts';
import './platform/heap-on.ts';
import { parseArgs } from 'node:util';
import { isContractError } from '#shared/transport/errors.ts';
import { workspaceDir } from './hosts/folders.ts';

const longestEnd = 15_000;

try {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' }, workspace: { type: 'string' } } });
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
  if (!(port <= 65_535)) throw new RangeError(`--port takes a number from 0 to 65535, not “${values.port}”.`);
  // After the heap is bounded: what it grows by while the engine's code is loaded it keeps.
  const { serveWorkspace } = await import('./hosts/serve-workspace.ts');
  const server = await serveWorkspace({ dataDir: workspaceDir(values.workspace), port });
  console.log(`Redoubt runs at ${server.address}\nThe address holds the key of this run; Ctrl-C ends Redoubt.`);
  // A launcher opens the browser by an address that works once; a person gets the lasting one.
  process.send?.({ launchAddress: server.launchAddress });
  let ending = false;
  const end = () => {
    if (ending) process.exit(130);
    ending = true;
    // Whatever hangs: the store loses nothing by an end like this.
    setTimeout(() => process.exit(1), longestEnd).unref();
    void server.close().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(isContractError(error) || error instanceof RangeError || error instanceof TypeError ? error.message : error.stack);
  process.exit(1);
}
