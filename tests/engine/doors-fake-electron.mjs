import { EventEmitter } from 'node:events';

/** Stands in for `electron` in the built main process: keeps what it is told, and hands it to the test. */
export const told = {
  switches: [],
  calls: [],
  menus: [],
  windows: [],
  sessions: {},
  forks: [],
  ports: [],
  schemes: [],
  trays: [],
  notes: [],
};

const say =
  (name) =>
  (...args) =>
    void told.calls.push([name, ...args.filter((arg) => typeof arg !== 'function')]);

export const app = Object.assign(new EventEmitter(), {
  isPackaged: process.env.FAKE_PACKAGED === '1',
  commandLine: { appendSwitch: (...args) => void told.switches.push(args) },
  requestSingleInstanceLock: () => process.env.FAKE_SECOND !== '1',
  enableSandbox: say('app.enableSandbox'),
  quit: say('app.quit'),
  exit: say('app.exit'),
  whenReady: async () => void told.calls.push(['app.whenReady']),
  getPath: () => process.env.FAKE_USER_DATA,
  getVersion: () => '0.0.0',
  isReady: () => true,
  setAboutPanelOptions: () => {},
  setAsDefaultProtocolClient: say('app.setAsDefaultProtocolClient'),
});

class WebContents extends EventEmitter {
  url = '';
  getURL() {
    return this.url;
  }
  setWindowOpenHandler(handler) {
    this.openHandler = handler;
  }
  reload = say('contents.reload');
}

export class BrowserWindow extends EventEmitter {
  constructor(options) {
    super();
    this.options = options;
    this.webContents = new WebContents();
    told.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url) {
    this.webContents.url = url;
    told.calls.push(['window.loadURL', url]);
  }
  show = say('window.show');
  focus = say('window.focus');
  restore = say('window.restore');
  hide = say('window.hide');
  maximize = say('window.maximize');
  setFullScreen = say('window.setFullScreen');
  setProgressBar = say('window.setProgressBar');
  isMinimized = () => true;
  isMaximized = () => false;
  isFullScreen = () => false;
  isFocused = () => process.env.FAKE_FOCUSED === '1';
  getNormalBounds = () => ({ x: 40, y: 30, width: 1000, height: 700 });
}

function makeSession(name) {
  const made = Object.assign(new EventEmitter(), {
    name,
    handlers: {},
    protocol: { handle: (scheme, handler) => void (made.handlers[`protocol:${scheme}`] = handler) },
    webRequest: { onBeforeRequest: (handler) => void (made.handlers.request = handler) },
    setPermissionRequestHandler: (handler) => void (made.handlers.permission = handler),
    setPermissionCheckHandler: (handler) => void (made.handlers.check = handler),
    setDevicePermissionHandler: (handler) => void (made.handlers.device = handler),
    setSpellCheckerEnabled: (on) => void (made.spelling = on),
    setProxy: async (proxy) => void (made.proxy = proxy),
  });
  told.sessions[name] = made;
  return made;
}
export const session = { defaultSession: makeSession('default'), fromPartition: (name) => makeSession(name) };
export const protocol = { registerSchemesAsPrivileged: (schemes) => void told.schemes.push(...schemes) };
export const ipcMain = new EventEmitter();
export const dialog = {
  showErrorBox: say('dialog.showErrorBox'),
  showOpenDialog: async (_window, options) => ({ canceled: false, filePaths: [`/picked/${options.properties[0]}`] }),
  async showMessageBox(...args) {
    told.calls.push(['dialog.showMessageBox', args.at(-1).message]);
    return { response: Number(process.env.FAKE_ANSWER ?? 0) };
  },
};
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }] };
export const nativeImage = { createFromPath: (path) => ({ path }) };
export class Tray extends EventEmitter {
  constructor(image) {
    super();
    if (process.env.FAKE_TRAY === 'none') throw new Error('no tray');
    told.trays.push(this);
    this.image = image;
  }
  setToolTip(text) {
    this.tooltip = text;
  }
  setContextMenu(menu) {
    this.menu = menu;
  }
}
export const Menu = { buildFromTemplate: (template) => template, setApplicationMenu: (menu) => void told.menus.push(menu) };
export class Notification {
  constructor(options) {
    told.notes.push([options.title, options.body]);
  }
  show = say('notification.show');
}
export class MessageChannelMain {
  port1 = { port: 1 };
  port2 = { port: 2 };
  constructor() {
    told.ports.push(this);
  }
}
export const utilityProcess = {
  fork(path, args, options) {
    const child = Object.assign(new EventEmitter(), { path, args, options, sent: [], killed: false, pid: undefined });
    child.postMessage = (message, ports = []) => void child.sent.push({ message, ports });
    child.kill = () => void (child.killed = true);
    told.forks.push(child);
    return child;
  },
};
export const safeStorage = {
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => process.env.FAKE_WALLET ?? 'gnome_libsecret',
  encryptStringAsync: async (text) => Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 90)),
  decryptStringAsync: async (sealed) => ({ result: Buffer.from([...sealed].map((byte) => byte ^ 90)).toString(), shouldReEncrypt: false }),
};
