import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  Notification,
  nativeImage,
  protocol,
  safeStorage,
  screen,
  session,
  Tray,
  utilityProcess,
  type WebFrameMain,
} from 'electron';
import { createEngineLink } from './engine-link.ts';
import { registerFaceScheme, serveFace } from './face-protocol.ts';
import { installCommand } from './install-command.ts';
import { openKeychain } from './keychain.ts';
import { openMainWindow } from './main-window.ts';
import { type MenuAction, menuTemplate } from './menu.ts';
import { linkScheme, type Opening, openingOf, viewFromLink } from './openings.ts';
import { isOurs, lockContents, lockSession, silenceChromium } from './policy.ts';
import { createPatience } from './recovery.ts';
import { type Activity, openTray, trayMenu, trayPicture, trayTooltip } from './tray.ts';

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
  let activity: Activity = { running: 0 };
  let quitting = false;
  silenceChromium(app);
  app.enableSandbox();
  registerFaceScheme(protocol);
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
  app.on('web-contents-created', (_event, contents) => lockContents(contents));

  // What is asked before the engine runs waits for it.
  const asked: Opening[] = [];
  let hear = (opening: Opening): void => void asked.push(opening);
  const ask = (opening: Opening) => {
    if (opening.view !== undefined || opening.paths.length > 0) hear(opening);
  };
  // Without a package the first argument after the program is the app's own folder.
  ask(openingOf(process.argv.slice(app.isPackaged ? 1 : 2), process.cwd()));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    const view = viewFromLink(link);
    if (view !== undefined) ask({ view, paths: [] });
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    ask({ paths: [path] });
  });
  app.on('second-instance', (_event, argv, folder) => {
    show();
    ask(openingOf(argv.slice(1), folder));
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
  const notify = (title: string, body: string) => new Notification({ title, body, silent: true }).show();
  const patience = createPatience(() => Date.now());
  const engine = createEngineLink({
    fork: () => utilityProcess.fork(join(terms.mainDir, 'engine-process.js'), [], { serviceName: 'Redoubt engine', stdio: 'inherit' }),
    forkSide: (entry) =>
      Object.hasOwn(sideTitles, entry)
        ? utilityProcess.fork(join(terms.mainDir, `${entry}.js`), [], { serviceName: sideTitles[entry] ?? '', stdio: 'inherit' })
        : undefined,
    newChannel: () => new MessageChannelMain(),
    start: { kind: 'start', dataDir: terms.dataDir, resourcesDir: terms.resourcesDir, hasKeychain: secrets !== undefined },
    secrets,
    notify,
    onActivity(now) {
      activity = now;
      tray?.setToolTip(trayTooltip(now));
      window?.setProgressBar(now.running === 0 ? -1 : (now.progress ?? 2));
    },
    onEnded({ title, failed }) {
      if (!window?.isFocused()) notify(failed ? `${title} failed` : `${title} is done`, 'Open Redoubt to see the report.');
    },
    onDied() {
      activity = { running: 0 };
      // The page asks for a new engine when it loads anew; what was confirmed is in the workspace.
      if (patience.mayRestart()) window?.webContents.reload();
      else
        dialog.showErrorBox(
          'The engine keeps failing',
          'It ended several times within a minute. Your data is safe; restart Redoubt, and see its log for the reason.',
        );
    },
  });
  hear = (opening) => {
    show();
    engine.ask(opening);
  };
  for (const opening of asked.splice(0)) engine.ask(opening);

  ipcMain.on(askForEngine, (event) => {
    if (!isOurMainFrame(event.senderFrame) || event.sender !== window?.webContents) return;
    const { port1, port2 } = new MessageChannelMain();
    engine.handOver(port1);
    event.senderFrame?.postMessage(askForEngine, null, [port2]);
  });

  function show() {
    if (!window) return void (app.isReady() && open());
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }
  const act = (action: MenuAction) => {
    if (action === 'lock') engine.lock();
    else if (action === 'install-command') void tellInstalled();
    else if (typeof action === 'object') ask({ view: action.view, paths: [] });
    else void pick(action === 'open-folder' ? ['openDirectory'] : ['openFile', 'multiSelections']);
  };
  const pick = async (properties: ('openFile' | 'openDirectory' | 'multiSelections')[]) => {
    const { canceled, filePaths } = await (window ? dialog.showOpenDialog(window, { properties }) : dialog.showOpenDialog({ properties }));
    if (!canceled) ask({ paths: filePaths });
  };
  const tellInstalled = async () => {
    const message = installCommand({
      home: app.getPath('home'),
      program: join(process.resourcesPath, 'bin', 'redoubt'),
      appImage: process.env.APPIMAGE,
      path: process.env.PATH ?? '',
    });
    await dialog.showMessageBox({ type: 'info', message });
  };
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, act)));
  app.setAboutPanelOptions({ applicationName: 'Redoubt', applicationVersion: app.getVersion(), copyright: 'Copyright © 2026 Redoubt' });

  const tray = openTray(() => new Tray(nativeImage.createFromPath(join(terms.resourcesDir, 'icons', trayPicture(process.platform)))));
  tray?.setToolTip(trayTooltip(activity));
  tray?.setContextMenu(Menu.buildFromTemplate(trayMenu({ show, lock: () => engine.lock(), quit: () => app.quit() })));
  tray?.on('click', show);

  let opening = false;
  async function open() {
    if (opening) return;
    opening = true;
    try {
      await openMainWindow({
        preload: terms.preload,
        session: faceSession,
        devTools,
        stateFile: join(app.getPath('userData'), 'window.json'),
        screens: () => screen.getAllDisplays().map(({ workArea }) => workArea),
        // macOS keeps its apps without a window; elsewhere work that runs keeps this one, if there is a tray to find it by.
        staysOnClose: () => !quitting && activity.running > 0 && tray !== undefined && process.platform !== 'darwin',
        onHidden: () => notify('Redoubt works on', 'A job is running; find Redoubt in the tray.'),
        onGone: () => {
          window = undefined;
        },
        quit: () => app.quit(),
        onMade: (made) => {
          window = made;
        },
      });
    } finally {
      opening = false;
    }
  }
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let closing = false;
  app.on('before-quit', (event) => {
    quitting = true;
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
