import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasDisplay, openInBrowser } from './browser.mjs';
import { buildFace } from './face.mjs';
import { compiled, launch, root, run, SetupError } from './setup.mjs';

/** Starts the app: in the desktop window where Electron's binary is or can be had, else in the browser. */
launch(async () => {
  const options = readOptions();
  await buildFace();
  const forwarded = options.workspace === undefined ? [] : ['--workspace', options.workspace];
  if (!options.browser && options.port === undefined) {
    const { buildDesktop, findElectron } = await import('./desktop.mjs');
    const electron = await findElectron();
    if ('program' in electron) {
      await buildDesktop();
      return run(electron.program, [root, ...forwarded]);
    }
    console.log(`No desktop window: ${electron.why}; opening Redoubt in the browser instead.`);
  }
  return startHeadless([...forwarded, ...(options.port === undefined ? [] : ['--port', options.port])], !options['no-open']);
});

function readOptions() {
  try {
    return parseArgs({
      options: {
        browser: { type: 'boolean', default: false },
        'no-open': { type: 'boolean', default: false },
        port: { type: 'string' },
        workspace: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error.message} (npm start -- [--browser] [--no-open] [--port PORT] [--workspace DIR])`);
  }
}

function startHeadless(args, mayOpen) {
  const child = spawn(process.execPath, [join(root, 'src-main', 'headless.ts'), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  const ignore = () => undefined;
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', ignore);
  process.on('SIGTERM', forward);
  process.on('SIGHUP', forward);
  child.once('message', ({ launchAddress }) => {
    const opening = mayOpen && hasDisplay() ? openInBrowser(launchAddress) : Promise.resolve(false);
    opening.then((opened) => {
      if (!opened) console.log('Open the address above in a browser on this machine.');
      if (child.connected) child.disconnect();
    });
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
