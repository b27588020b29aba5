import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDesktop } from '../../build/launch/desktop.mjs';

// The really built main process, preload and engine process, over a stand-in for Electron. It proves what our code
// asks of Electron; not sandbox, process separation, enforcement of protocol and policy, keychain or updater.

const root = join(import.meta.dirname, '../..');
const fake = join(import.meta.dirname, 'doors-fake-electron.mjs');
let home: string;
let appDir: string;

beforeAll(async () => {
  await buildDesktop();
  home = mkdtempSync(join(tmpdir(), 'desktop-'));
  appDir = join(home, 'app');
  for (const part of ['main', 'preload']) cpSync(join(root, 'out', part), join(appDir, 'out', part), { recursive: true });
  mkdirSync(join(appDir, 'out', 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(appDir, 'out', 'renderer', 'index.html'), 'the face');
  writeFileSync(join(appDir, 'out', 'renderer', 'assets', 'a.js'), 'let a');
  writeFileSync(join(appDir, 'package.json'), '{"type":"module"}');
  symlinkSync(join(root, 'node_modules'), join(appDir, 'node_modules'));
  symlinkSync(join(root, 'resources'), join(appDir, 'resources'));
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the built main process with the stand-in, then `act`, and answers with what `act` returns. */
function desktop<T>(act: string, env: Record<string, string> = {}): T {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({ resolve: (specifier, context, next) => specifier === 'electron' ? { url: ${JSON.stringify(`file://${fake}`)}, shortCircuit: true } : next(specifier, context) });
    const electron = await import('electron');
    const { told, app, ipcMain } = electron;
    await import(${JSON.stringify(join(appDir, 'out/main/main.js'))});
    const face = told.sessions['persist:redoubt'];
    const window = told.windows[0];
    const frame = (url, parent = null) => ({ url, parent, got: [], postMessage(...args) { this.got.push(args); } });
    const result = await (async () => { ${act} })();
    process.stdout.write(JSON.stringify(result), () => process.exit(0));`;
  const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, FAKE_USER_DATA: join(home, 'user'), REDOUBT_WORKSPACE: join(home, 'workspace'), ...env },
  });
  expect(result.stderr).toBe('');
  return JSON.parse(result.stdout) as T;
}

describe('the built files', () => {
  it('put the guard before every package', () => {
    for (const [file, guard] of [
      ['main.js', 'guard-on-desktop'],
      ['engine-process.js', 'guard-on'],
    ] as const) {
      const first = readFileSync(join(appDir, 'out/main', file), 'utf8').match(/^import .*$/m)?.[0];
      expect(first).toMatch(new RegExp(`^import "\\./(?:chunks/)?${guard}`));
    }
  });

  it('are a preload of CommonJS that needs nothing but electron', () => {
    const text = readFileSync(join(appDir, 'out/preload/index.cjs'), 'utf8');
    expect([...text.matchAll(/require\("([^"]+)"\)/g)].map((match) => match[1])).toEqual(['electron']);
    expect(text).not.toMatch(/contextBridge\.|exposeInMainWorld/);
  });
});

describe('the window', () => {
  it('is sandboxed and isolated, and shows the face', () => {
    const { options, calls } = desktop<{ options: { webPreferences: Record<string, unknown> }; calls: unknown[] }>(
      `const { session, ...webPreferences } = window.options.webPreferences; return { options: { webPreferences: { ...webPreferences, session: session.name } }, calls: told.calls }`,
    );
    expect(options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      spellcheck: false,
      devTools: true,
      session: 'persist:redoubt',
      preload: join(appDir, 'out/preload/index.cjs'),
    });
    expect(calls).toEqual([['app.enableSandbox'], ['app.whenReady'], ['window.loadURL', 'app://redoubt/']]);
  });

  it('has no developer tools once packed, and no menu entry that leads out', () => {
    const { devTools, menu } = desktop<{ devTools: boolean; menu: unknown }>(
      `return { devTools: window.options.webPreferences.devTools, menu: told.menus }`,
      { FAKE_PACKAGED: '1' },
    );
    expect(devTools).toBe(false);
    expect(JSON.stringify(menu)).not.toMatch(/toggleDevTools|reload|https?:/i);
  });

  it('opens once: a second start only brings it to the front', () => {
    expect(desktop(`return { calls: told.calls, windows: told.windows.length }`, { FAKE_SECOND: '1' })).toEqual({
      calls: [['app.quit']],
      windows: 0,
    });
    expect(desktop(`app.emit('second-instance', {}, [], '/'); return told.calls.slice(-3)`)).toEqual([
      ['window.restore'],
      ['window.show'],
      ['window.focus'],
    ]);
  });

  it('neither navigates away nor opens windows nor embeds browsers', () => {
    const outcome = desktop<Record<string, unknown>>(`
      const stopped = (name, url) => { let stop = false; window.webContents.emit(name, { url, preventDefault() { stop = true; } }); return stop; };
      const away = ['https://evil.test/', 'file:///etc/passwd', 'app://evil/', 'app://redoubt.evil/', 'app://me@redoubt/', 'data:text/html,x', 'javascript:1', 'http://127.0.0.1/', 'nonsense'];
      return {
        away: away.map((url) => ['will-navigate', 'will-frame-navigate', 'will-redirect'].every((name) => stopped(name, url))),
        home: ['will-navigate', 'will-frame-navigate'].some((name) => stopped(name, 'app://redoubt/index.html')),
        webview: stopped('will-attach-webview'),
        open: window.webContents.openHandler({ url: 'https://evil.test/' }),
        openHome: window.webContents.openHandler({ url: 'app://redoubt/' }),
      }`);
    expect(outcome).toEqual({
      away: Array.from({ length: 9 }, () => true),
      home: false,
      webview: true,
      open: { action: 'deny' },
      openHome: { action: 'deny' },
    });
  });
});

describe('the shell', () => {
  const opened = `const opened = () => told.forks.flatMap(({ sent }) => sent).filter(({ message }) => message.kind === 'open').map(({ message }) => message);`;

  it('passes links and files on to the engine: of its own start, of a second one, and from the system', () => {
    writeFileSync(join(home, 'scan.nessus'), '');
    const outcome = desktop<{ view?: string; paths: string[] }[]>(`${opened}
      const stop = { preventDefault() {} };
      app.emit('open-url', stop, 'redoubt://entity/T1059');
      app.emit('open-url', stop, 'redoubt://settings');
      app.emit('open-file', stop, '/given/by/the/system.afb');
      app.emit('second-instance', {}, ['redoubt', '--flag', 'scan.nessus', 'redoubt://matrix'], ${JSON.stringify(home)});
      app.emit('second-instance', {}, ['redoubt', 'not-there.txt'], ${JSON.stringify(home)});
      return opened();`);
    expect(outcome).toEqual([
      { kind: 'open', view: 'entity/T1059', paths: [] },
      { kind: 'open', paths: ['/given/by/the/system.afb'] },
      { kind: 'open', view: 'matrix', paths: [join(home, 'scan.nessus')] },
    ]);
  });

  it('has menus whose entries lead to views, dialogs and the lock', () => {
    const outcome = desktop<{ opened: unknown[]; kinds: string[]; labels: string[] }>(`${opened}
      ipcMain.emit('engine', { sender: window.webContents, senderFrame: frame('app://redoubt/') });
      const items = told.menus[0].flatMap(({ submenu }) => submenu ?? []);
      for (const { click } of items) click?.();
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { opened: opened(), kinds: told.forks[0].sent.map(({ message }) => message.kind), labels: items.flatMap(({ label }) => label ?? []) }`);
    expect(outcome.labels).toEqual(
      expect.arrayContaining(['Open files…', 'Open a folder…', 'Lock the workspace', 'Overview', 'Matrix', 'Help']),
    );
    expect(outcome.opened).toEqual(
      expect.arrayContaining([
        { kind: 'open', view: 'matrix', paths: [] },
        { kind: 'open', view: 'help', paths: [] },
        { kind: 'open', paths: ['/picked/openFile'] },
        { kind: 'open', paths: ['/picked/openDirectory'] },
      ]),
    );
    expect(outcome.kinds).toContain('lock');
  });

  const knock = `ipcMain.emit('engine', { sender: window.webContents, senderFrame: frame('app://redoubt/') }); const [engine] = told.forks;`;

  it('shows what runs in the tray and on the icon, and tells of what ended when nobody looks', () => {
    const act = `${knock}
      engine.emit('message', { kind: 'activity', running: 1, progress: 0.42 });
      const busy = told.trays[0].tooltip;
      engine.emit('message', { kind: 'ended', title: 'Import', failed: false });
      engine.emit('message', { kind: 'ended', title: 'Backup', failed: true });
      engine.emit('message', { kind: 'activity', running: 0 });
      told.trays[0].menu[1].click();
      return { busy, idle: told.trays[0].tooltip, image: told.trays[0].image.path, notes: told.notes.map(([title]) => title), bars: told.calls.filter(([name]) => name === 'window.setProgressBar').map(([, part]) => part), last: engine.sent.at(-1).message.kind }`;
    const outcome = desktop<Record<string, unknown>>(act);
    expect(outcome).toMatchObject({
      busy: 'Redoubt: one job running, 42 %',
      idle: 'Redoubt',
      notes: ['Import is done', 'Backup failed'],
      bars: [0.42, -1],
      last: 'lock',
    });
    expect(String(outcome.image)).toMatch(/resources[/\\]icons[/\\]tray/);
    expect(desktop<{ notes: string[] }>(act, { FAKE_FOCUSED: '1' }).notes).toEqual([]);
    expect(desktop(`return told.trays.length`, { FAKE_TRAY: 'none' })).toBe(0);
  });

  it.skipIf(process.platform === 'darwin')('hides its window while work goes on and there is a tray, and closes it otherwise', () => {
    const act = `${knock}
      const close = () => { let stopped = false; window.emit('close', { preventDefault() { stopped = true; } }); return stopped; };
      const idle = close();
      engine.emit('message', { kind: 'activity', running: 1 });
      const busy = close();
      const hidden = told.calls.at(-2);
      app.emit('before-quit', { preventDefault() {} });
      return { idle, busy, hidden, quitting: close() }`;
    expect(desktop(act)).toEqual({ idle: false, busy: true, hidden: ['window.hide'], quitting: false });
    expect(desktop<{ busy: boolean }>(act, { FAKE_TRAY: 'none' }).busy).toBe(false);
  });

  it('comes back where it was left', () => {
    const profile = join(home, 'profile');
    desktop(`window.emit('close', { preventDefault() {} }); return 0`, { FAKE_USER_DATA: profile });
    const { x, y, width } = desktop<Record<string, number>>(`const { webPreferences, ...options } = window.options; return options`, {
      FAKE_USER_DATA: profile,
    });
    expect({ x, y, width }).toEqual({ x: 40, y: 30, width: 1000 });
  });

  it('brings a page or an engine that died back, a few times, then asks', () => {
    const outcome = desktop<{ reloads: number[]; asked: unknown[]; quit: boolean }>(
      `${knock}
      const reloads = () => told.calls.filter(([name]) => name === 'contents.reload').length;
      const counts = [];
      const die = async (reason) => { window.webContents.emit('render-process-gone', {}, { reason }); await new Promise((resolve) => setTimeout(resolve, 5)); counts.push(reloads()); };
      await die('clean-exit');
      for (let times = 0; times < 4; times++) await die('crashed');
      const asked = told.calls.filter(([name]) => name === 'dialog.showMessageBox');
      engine.emit('exit', 1);
      counts.push(reloads());
      return { reloads: counts, asked, quit: told.calls.some(([name]) => name === 'app.quit') }`,
      { FAKE_ANSWER: '1' },
    );
    expect(outcome).toEqual({ reloads: [0, 1, 2, 3, 3, 4], asked: [['dialog.showMessageBox', 'The window keeps failing']], quit: true });
  });

  it('registers its links only when installed', () => {
    const clients = `return told.calls.filter(([name]) => name === 'app.setAsDefaultProtocolClient')`;
    expect(desktop(clients)).toEqual([]);
    expect(desktop(clients, { FAKE_PACKAGED: '1' })).toEqual([['app.setAsDefaultProtocolClient', 'redoubt']]);
  });
});

describe('the session', () => {
  it('loads nothing but the face, in the default session as well', () => {
    const urls = [
      'https://example.org/',
      'http://127.0.0.1:80/',
      'wss://example.org/',
      'file:///etc/passwd',
      'ftp://x/',
      'app://other/',
      'data:text/html,x',
      'blob:https://x/1',
      'chrome://gpu/',
    ];
    const outcome = desktop<Record<string, boolean[]>>(`
      const cancelled = (session, url) => { let answer; session.handlers.request({ url }, (given) => { answer = given.cancel; }); return answer; };
      const urls = ${JSON.stringify(urls)};
      return {
        out: urls.map((url) => cancelled(face, url)),
        outByDefault: urls.map((url) => cancelled(told.sessions.default, url)),
        ours: ['app://redoubt/', 'app://redoubt/assets/a.js', 'blob:app://redoubt/1', 'data:image/png;base64,AA'].map((url) => cancelled(face, url)),
      }`);
    expect(outcome).toEqual({ out: urls.map(() => true), outByDefault: urls.map(() => true), ours: [false, false, false, false] });
  });

  it('gives no permission but to copy text, and that only to the face', () => {
    const outcome = desktop<Record<string, unknown>>(`
      const ask = (permission, url) => { let answer; face.handlers.permission({ getURL: () => url }, permission, (given) => { answer = given; }, { requestingUrl: url }); return answer; };
      return {
        asked: ['media', 'geolocation', 'notifications', 'midi', 'pointerLock', 'fullscreen', 'openExternal', 'clipboard-read', 'usb', 'hid', 'serial'].map((name) => ask(name, 'app://redoubt/')),
        checked: ['media', 'usb'].map((name) => face.handlers.check(null, name, 'app://redoubt')),
        copy: [ask('clipboard-sanitized-write', 'app://redoubt/'), ask('clipboard-sanitized-write', 'https://evil.test/')],
        device: face.handlers.device({}),
        spelling: face.spelling,
        proxy: face.proxy,
      }`);
    expect(outcome).toMatchObject({
      asked: Array.from({ length: 11 }, () => false),
      checked: [false, false],
      copy: [true, false],
      device: false,
      spelling: false,
      proxy: { mode: 'fixed_servers', proxyBypassRules: '<-loopback>' },
    });
  });

  it('silences Chromium’s own errands', () => {
    const switches = desktop<string[][]>(`return told.switches`);
    expect(switches.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'disable-background-networking',
        'disable-component-update',
        'disable-domain-reliability',
        'disable-sync',
        'no-pings',
      ]),
    );
    expect(switches).toContainEqual(['host-resolver-rules', 'MAP * ~NOTFOUND']);
  });

  it('downloads only what the face made itself', () => {
    expect(
      desktop(`
        const stopped = (url) => { let stop = false; face.emit('will-download', { preventDefault() { stop = true; } }, { getURL: () => url }); return stop; };
        return ['blob:app://redoubt/1', 'blob:https://evil.test/1', 'https://evil.test/x', 'data:text/plain,x'].map(stopped)`),
    ).toEqual([false, true, true, true]);
  });

  it('serves the face from a list, with the strict policy on every answer', () => {
    const outcome = desktop<Record<string, [number, string, string]>>(`
      const get = async (url, method = 'GET') => { const answer = await face.handlers['protocol:app']({ url, method }); return [answer.status, await answer.text(), answer.headers.get('content-security-policy') ?? '']; };
      return {
        index: await get('app://redoubt/'),
        asset: await get('app://redoubt/assets/a.js?x#y'),
        climb: await get('app://redoubt/..%2f..%2fpackage.json'),
        missing: await get('app://redoubt/package.json'),
        foreign: await get('app://evil/'),
        post: await get('app://redoubt/', 'POST'),
      }`);
    expect(Object.fromEntries(Object.entries(outcome).map(([name, [status, text]]) => [name, [status, text]]))).toEqual({
      index: [200, 'the face'],
      asset: [200, 'let a'],
      climb: [404, ''],
      missing: [404, ''],
      foreign: [403, ''],
      post: [405, ''],
    });
    for (const [, , policy] of Object.values(outcome)) {
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("connect-src 'self';");
      expect(policy).not.toMatch(/unsafe|\*/);
    }
  });
});

describe('the hand-over of the channel', () => {
  it('starts the engine in its own process and gives each end one port', () => {
    const outcome = desktop<{ sent: unknown[]; got: unknown[]; fork: { path: string } }>(`
      const senderFrame = frame('app://redoubt/');
      ipcMain.emit('engine', { sender: window.webContents, senderFrame });
      const [fork] = told.forks;
      return { sent: fork.sent, got: senderFrame.got, fork: { path: fork.path } }`);
    expect(outcome.fork.path).toBe(join(appDir, 'out/main/engine-process.js'));
    expect(outcome.sent).toEqual([
      {
        message: { kind: 'start', dataDir: join(home, 'workspace'), resourcesDir: join(appDir, 'resources'), hasKeychain: true },
        ports: [],
      },
      { message: { kind: 'page' }, ports: [{ port: 1 }] },
    ]);
    expect(outcome.got).toEqual([['engine', null, [{ port: 2 }]]]);
  });

  it('starts processes beside the engine by name, joins them by a port, and ends them with the engine', () => {
    const outcome = desktop<{ first: unknown[]; toSide: unknown[]; paths: string[]; kills: boolean[] }>(`
      ipcMain.emit('engine', { sender: window.webContents, senderFrame: frame('app://redoubt/') });
      const [engine] = told.forks;
      engine.sent.length = 0;
      engine.emit('message', { kind: 'spawn', process: 0, entry: 'reader' });
      engine.emit('message', { kind: 'spawn', process: 1, entry: '../../evil' });
      engine.emit('message', { kind: 'spawn', process: 2, entry: '__proto__' });
      engine.emit('message', { kind: 'spawn', process: 3, entry: 'reader' });
      const [, reader, other] = told.forks;
      reader.emit('spawn');
      engine.emit('message', { kind: 'kill', process: 0 });
      engine.emit('message', { kind: 'kill', process: 99 });
      reader.emit('exit', 1);
      engine.emit('exit', 1);
      return { first: engine.sent, toSide: reader.sent, paths: told.forks.map(({ path }) => path), kills: [reader.killed, other.killed] }`);
    expect(outcome.paths.slice(1)).toEqual([join(appDir, 'out/main/reader.js'), join(appDir, 'out/main/reader.js')]);
    expect(outcome.toSide).toEqual([{ message: { kind: 'engine' }, ports: [{ port: 2 }] }]);
    expect(outcome.first).toEqual([
      { message: { kind: 'exited', process: 1 }, ports: [] },
      { message: { kind: 'exited', process: 2 }, ports: [] },
      { message: { kind: 'spawned', process: 0 }, ports: [{ port: 1 }] },
      { message: { kind: 'exited', process: 0 }, ports: [] },
    ]);
    expect(outcome.kills).toEqual([true, true]);
  });

  it('answers nobody but our own main frame', () => {
    const outcome = desktop(`
      const senders = [
        [window.webContents, frame('https://evil.test/')],
        [window.webContents, frame('app://redoubt.evil/')],
        [window.webContents, frame('app://redoubt/', frame('app://redoubt/'))],
        [window.webContents, null],
        [{}, frame('app://redoubt/')],
      ];
      for (const [sender, senderFrame] of senders) ipcMain.emit('engine', { sender, senderFrame });
      return { forks: told.forks.length, ports: told.ports.length, names: ipcMain.eventNames() }`);
    expect(outcome).toEqual({ forks: 0, ports: 0, names: ['engine'] });
  });

  it('starts the engine anew for a reloaded page after it died, and closes it before quitting', () => {
    const outcome = desktop(`
      const knock = () => ipcMain.emit('engine', { sender: window.webContents, senderFrame: frame('app://redoubt/') });
      knock(); knock();
      told.forks[0].emit('exit', 1);
      knock();
      let prevented = 0;
      app.emit('before-quit', { preventDefault() { prevented++; } });
      const [, second] = told.forks;
      const asked = second.sent.at(-1).message;
      second.emit('exit', 0);
      await new Promise((resolve) => setTimeout(resolve, 10));
      app.emit('before-quit', { preventDefault() { prevented++; } });
      return { forks: told.forks.map((fork) => fork.sent.map(({ message }) => message.kind)), prevented, asked, last: told.calls.at(-1) }`);
    expect(outcome).toEqual({
      forks: [
        ['start', 'page', 'page'],
        ['start', 'page', 'close'],
      ],
      prevented: 1,
      asked: { kind: 'close' },
      last: ['app.quit'],
    });
  });

  it('keeps secrets with the system’s keychain, encrypted, for this user only', () => {
    const outcome = desktop<{ answers: { value?: Record<string, number>; failed?: boolean }[] }>(`
      ipcMain.emit('engine', { sender: window.webContents, senderFrame: frame('app://redoubt/') });
      const [fork] = told.forks;
      const ask = async (message) => { fork.emit('message', { kind: 'secret', call: 7, ...message }); await new Promise((resolve) => setTimeout(resolve, 20)); return fork.sent.at(-1).message; };
      return { answers: [
        await ask({ action: 'get', name: 'key' }),
        await ask({ action: 'set', name: 'key', value: new Uint8Array([1, 2, 3]) }),
        await ask({ action: 'get', name: 'key' }),
        await ask({ action: 'get', name: '../../etc/passwd' }),
        await ask({ action: 'set', name: 'kept', value: new Uint8Array(32).fill(65) }),
        await ask({ action: 'delete', name: 'key' }),
        await ask({ action: 'get', name: 'key' }),
      ] }`);
    const secret = { kind: 'secret', call: 7 };
    expect(outcome.answers).toEqual([
      secret,
      secret,
      { ...secret, value: { 0: 1, 1: 2, 2: 3 } },
      { ...secret, failed: true },
      secret,
      secret,
      secret,
    ]);
    const folder = join(home, 'user/keychain');
    expect(readdirSync(folder)).toEqual(['kept']);
    expect(readFileSync(join(folder, 'kept'), 'latin1')).not.toContain('QUFB');
    if (process.platform !== 'win32') expect(statSync(join(folder, 'kept')).mode & 0o077).toBe(0);
  });

  it.skipIf(process.platform !== 'linux')('counts basic_text as no keychain', () => {
    expect(
      desktop(
        `ipcMain.emit('engine', { sender: window.webContents, senderFrame: frame('app://redoubt/') }); return told.forks[0].sent[0].message.hasKeychain`,
        { FAKE_WALLET: 'basic_text' },
      ),
    ).toBe(false);
  });
});

describe('the engine’s process', () => {
  it('serves a page over its port, keeps its key with the keychain, lets command lines attach, and closes in order', {
    timeout: 60_000,
  }, () => {
    const dataDir = join(home, 'engine');
    const script = `
      import { MessageChannel, Worker } from 'node:worker_threads';
      import { existsSync } from 'node:fs';
      // Electron's ports hand their listeners an event; Node's hand them the data.
      const electronPort = (port) => ({
        postMessage: (message) => port.postMessage(message),
        on: (name, listener) => port.on(name, (data) => listener({ data })),
        off() {},
        start: () => port.start(),
        close: () => port.close(),
      });
      const toParent = [], fromParent = [];
      // The built reader in a thread stands in for a utility process: its parentPort brings the port first. Made
      // before the engine's code, whose guard lets nobody else start one.
      const side = new Worker(\`
        const { parentPort: thread } = await import('node:worker_threads');
        const wrap = (port) => ({ postMessage: (message) => port.postMessage(message), on: (name, listener) => port.on(name, (data) => listener({ data })), off() {}, start: () => port.start(), close: () => port.close() });
        thread.once('message', ({ entry, port }) => {
          process.parentPort = { once: (_name, listener) => listener({ ports: [wrap(port)] }) };
          import(${JSON.stringify(`file://${appDir}/out/main/`)} + entry + '.js');
        });\`, { eval: true });
      const spawnSide = ({ process: number, entry }) => {
        const { port1, port2 } = new MessageChannel();
        side.on('exit', () => tell({ kind: 'exited', process: number }));
        side.postMessage({ entry, port: port2 }, [port2]);
        tell({ kind: 'spawned', process: number, pid: undefined }, [electronPort(port1)]);
        started.push(entry);
      };
      const started = [];
      process.parentPort = { postMessage: (message) => { if (message.kind === 'spawn') return queueMicrotask(() => spawnSide(message)); if (message.kind === 'kill') return void side.terminate(); if (message.kind !== 'secret') return; toParent.push(message); queueMicrotask(() => tell({ kind: 'secret', call: message.call, ...(message.action === 'get' && toParent.length > 1 ? { value: toParent[0].value } : {}) })); }, on: (_name, listener) => fromParent.push(listener) };
      await import(${JSON.stringify(join(appDir, 'out/main/engine-process.js'))});
      const tell = (data, ports = []) => { for (const listener of fromParent) listener({ data, ports }); };
      tell({ kind: 'start', dataDir: ${JSON.stringify(dataDir)}, resourcesDir: ${JSON.stringify(join(appDir, 'resources'))}, hasKeychain: true });
      const { port1, port2 } = new MessageChannel();
      tell({ kind: 'page' }, [electronPort(port1)]);
      const waiting = new Map();
      port2.on('message', ({ head }) => waiting.get(head.call)?.(head.error?.code ?? head.output));
      let calls = 0;
      const call = (name, input) => new Promise((resolve) => { waiting.set(calls, resolve); port2.postMessage({ head: { kind: 'call', call: calls++, name, ...(input ? { input } : {}) } }); });
      const until = async (holds) => { for (let wait = 0; wait < 500 && !(await holds()); wait++) await new Promise((resolve) => setTimeout(resolve, 20)); };
      const before = await call('admin.getWorkspace');
      const created = await call('admin.createWorkspace', { passphrase: 'correct horse', rememberInKeychain: true });
      const [secret] = toParent;
      const stats = await call('knowledge.getStats');
      const found = await call('knowledge.search', { text: 'nothing there' });
      const outside = await call('knowledge.exportGraph', { format: 'csv', path: '/tmp/out.csv' });
      const attachFile = ${JSON.stringify(join(dataDir, 'attach.json'))};
      await until(() => existsSync(attachFile));
      const attachable = existsSync(attachFile);
      process.on('exit', (code) => process.stdout.write(JSON.stringify({
        before: before.state, recoveryCode: typeof created.recoveryCode, stats, found: found.total, started: [...new Set(started)], outside, attachable, code, left: existsSync(attachFile),
        secret: { ...secret, call: 0, name: secret.name.slice(0, 17), value: secret.value.length },
      })));
      tell({ kind: 'close' });`;
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 50_000,
      env: { ...process.env, HOME: home },
    });
    expect(result.stderr).toBe('');
    expect(JSON.parse(result.stdout)).toEqual({
      before: 'none',
      recoveryCode: 'string',
      stats: { objects: {}, relationships: {} },
      found: 0,
      started: ['reader'],
      outside: 'forbidden',
      attachable: true,
      code: 0,
      left: false,
      secret: { kind: 'secret', call: 0, action: 'set', name: 'redoubt-workspace', value: 32 },
    });
  });
});

describe('the preload', () => {
  const run = (origin: string, top = true) => {
    const script = `
      const { registerHooks } = require('node:module');
      const sent = [], listeners = {}, posted = [], events = {};
      registerHooks({ resolve: (specifier, context, next) => specifier === 'electron' ? { url: 'fake:electron', shortCircuit: true, format: 'commonjs' } : next(specifier, context),
        load: (url, context, next) => url === 'fake:electron' ? { source: 'module.exports = globalThis.electron', format: 'commonjs', shortCircuit: true } : next(url, context) });
      globalThis.electron = { ipcRenderer: { on: (name, listener) => { listeners[name] = listener; }, send: (...args) => sent.push(args) } };
      globalThis.window = { location: { origin: ${JSON.stringify(origin)} }, postMessage: (...args) => posted.push(args), addEventListener: (name, listener) => { events[name] = listener; } };
      window.top = ${top ? 'window' : '{}'};
      require(${JSON.stringify(join(appDir, 'out/preload/index.cjs'))});
      const before = sent.length; events.DOMContentLoaded?.();
      listeners.engine?.({ ports: ['a port'] });
      console.log(JSON.stringify({ before, sent, posted, keys: Object.keys(window) }));`;
    const result = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect(result.stderr).toBe('');
    return JSON.parse(result.stdout) as unknown;
  };

  it('asks once the page listens, and hands the port to our own origin only', () => {
    expect(run('app://redoubt')).toEqual({
      before: 0,
      sent: [['engine']],
      posted: [['engine', 'app://redoubt', ['a port']]],
      keys: ['location', 'postMessage', 'addEventListener', 'top'],
    });
  });

  it('does nothing on other pages and in frames', () => {
    for (const outcome of [run('https://evil.test'), run('app://redoubt', false)]) expect(outcome).toMatchObject({ sent: [], posted: [] });
  });
});
