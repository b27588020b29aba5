import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  protocol,
  safeStorage,
  session,
  utilityProcess,
  type WebFrameMain,
} from 'electron';
import { createEngineLink } from './engine-link.ts';
import { registerFaceScheme, serveFace } from './face-protocol.ts';
import { openKeychain } from './keychain.ts';
import { menuTemplate } from './menu.ts';
import { faceOrigin, isOurs, lockContents, lockSession, silenceChromium } from './policy.ts';
import { windowOptions } from './window.ts';

export interface DesktopTerms {
  /** Folder of the built main process: `engine-process.js` lies there. */
  readonly mainDir: string;
  readonly preload: string;
  readonly dataDir: string;
  readonly resourcesDir: string;
  readonly files: () => Parameters<typeof serveFace>[1];
  readonly headers: Readonly<Record<string, string>>;
}

/** What the engine may have started beside it, with the name that the system's list of processes shows. */
const sideTitles: Readonly<Record<string, string>> = { reader: 'Redoubt reader', backup: 'Redoubt backup' };

/** The one message a page may send: it asks for its end of the channel. */
const askForEngine = 'engine';

/** Opens the desktop window over the engine in its own process. Called once, before the app is ready. */
export async function runDesktop(terms: DesktopTerms): Promise<void> {
  if (!app.requestSingleInstanceLock()) return app.quit();
  const devTools = !app.isPackaged;
  let window: BrowserWindow | undefined;
  silenceChromium(app);
  app.enableSandbox();
  registerFaceScheme(protocol);
  app.on('web-contents-created', (_event, contents) => lockContents(contents));
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  await app.whenReady();

  const faceSession = session.fromPartition('persist:redoubt', { cache: false });
  // The default session serves nobody; it is shut as well in case something should use it.
  await Promise.all([lockSession(faceSession, { devTools }), lockSession(session.defaultSession, { devTools: false })]);
  try {
    serveFace(faceSession.protocol, terms.files(), terms.headers);
  } catch (error) {
    dialog.showErrorBox('Redoubt cannot start', error instanceof Error ? error.message : String(error));
    return app.exit(1);
  }
  const secrets = await openKeychain(safeStorage, join(app.getPath('userData'), 'keychain'));
  const engine = createEngineLink({
    fork: () => utilityProcess.fork(join(terms.mainDir, 'engine-process.js'), [], { serviceName: 'Redoubt engine', stdio: 'inherit' }),
    forkSide: (entry) =>
      Object.hasOwn(sideTitles, entry)
        ? utilityProcess.fork(join(terms.mainDir, `${entry}.js`), [], { serviceName: sideTitles[entry] ?? '', stdio: 'inherit' })
        : undefined,
    newChannel: () => new MessageChannelMain(),
    start: { kind: 'start', dataDir: terms.dataDir, resourcesDir: terms.resourcesDir, hasKeychain: secrets !== undefined },
    secrets,
    notify: (title, body) => new Notification({ title, body }).show(),
  });

  ipcMain.on(askForEngine, (event) => {
    if (!isOurMainFrame(event.senderFrame) || event.sender !== window?.webContents) return;
    const { port1, port2 } = new MessageChannelMain();
    engine.handOver(port1);
    event.senderFrame?.postMessage(askForEngine, null, [port2]);
  });

  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform)));
  const open = async () => {
    window = new BrowserWindow(windowOptions({ preload: terms.preload, session: faceSession, devTools }));
    window.once('ready-to-show', () => window?.show());
    window.once('closed', () => {
      window = undefined;
    });
    await window.loadURL(`${faceOrigin}/`);
  };
  app.on('activate', () => {
    if (!window) void open();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let closing = false;
  app.on('before-quit', (event) => {
    if (closing) return;
    closing = true;
    event.preventDefault();
    void engine.close().finally(() => app.quit());
  });
  await open();
}

function isOurMainFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOurs(frame.url);
}
