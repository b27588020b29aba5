import './platform/http/guard-on-desktop.ts';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runDesktop } from './desktop/app.ts';
import { appDir, faceDir, resourcesDir, workspaceDir } from './hosts/folders.ts';
import { runCommandLine } from './hosts/run-command-line.ts';
import { securityHeaders } from './platform/loopback/headers.ts';
import { listStaticFiles } from './platform/loopback/static-files.ts';

const code = runCommandLine(process.argv.slice(1), process.resourcesPath);
if (code !== undefined) process.exit(code);

// Electron's own switches stand among the arguments too.
const { values } = parseArgs({ options: { workspace: { type: 'string' } }, strict: false });

await runDesktop({
  mainDir: import.meta.dirname,
  preload: join(appDir, 'out', 'preload', 'index.cjs'),
  dataDir: workspaceDir(typeof values.workspace === 'string' ? values.workspace : undefined),
  resourcesDir,
  files: () => listStaticFiles(faceDir),
  headers: securityHeaders(),
});
