import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildDesktop, installedElectron } from '../../build/launch/desktop.mjs';
import { buildFace } from '../../build/launch/face.mjs';

// The real program: run wherever Electron's binary is present (docs/desktop.md says where that was), on all three
// systems by .github/workflows/desktop.yml. REDOUBT_PACKED names a packed app to run instead of the built one.

const root = join(import.meta.dirname, '../..');
const packed = process.env['REDOUBT_PACKED'];
const program = packed ?? installedElectron();
const why = program === undefined ? ' (skipped: Electron’s binary is not here)' : '';
const passphrase = 'correct horse battery';

describe.skipIf(program === undefined)(`the desktop window${why}`, () => {
  let home: string;
  let app: ElectronApplication;
  let page: Page;

  const start = async (...args: string[]) => {
    const given = [
      ...(packed === undefined ? [root] : []),
      '--workspace',
      join(home, 'workspace'),
      `--user-data-dir=${join(home, 'user')}`,
      ...args,
    ];
    app = await electron.launch({
      executablePath: program ?? '',
      // Only where the system forbids the sandbox to root, as in containers.
      args: [...(process.env['REDOUBT_NO_SANDBOX'] ? ['--no-sandbox'] : []), ...given],
    });
    page = await app.firstWindow();
  };

  beforeAll(async () => {
    if (packed === undefined) {
      await buildFace();
      await buildDesktop();
    }
    home = mkdtempSync(join(tmpdir(), 'desktop-journey-'));
    await start();
  }, 120_000);
  afterAll(async () => {
    await app?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('makes a workspace and shows the overview, with nothing sent', { timeout: 60_000 }, async () => {
    await page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
    await page.getByLabel('The same once more').fill(passphrase);
    await page.getByRole('button', { name: 'Create the workspace' }).click();
    await page.getByLabel('I have kept it in a safe place').check();
    await page.getByRole('button', { name: 'Open the workspace' }).click();
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    expect(await page.evaluate(() => location.origin)).toBe('app://redoubt');
  });

  it('keeps the page in its sandbox: no Node, no way out', async () => {
    const inside = await page.evaluate(async () => {
      const reach = (address: string) =>
        fetch(address).then(
          () => 'reached',
          () => 'refused',
        );
      return {
        node: [
          typeof Reflect.get(globalThis, 'require'),
          typeof Reflect.get(globalThis, 'process'),
          typeof Reflect.get(globalThis, 'Buffer'),
        ],
        out: await Promise.all(
          ['https://example.org/', 'http://127.0.0.1:9/', 'file:///etc/passwd', 'app://redoubt/../package.json'].map(reach),
        ),
        opened: window.open('https://example.org/') === null,
      };
    });
    expect(inside.node).toEqual(['undefined', 'undefined', 'undefined']);
    expect(inside.out.slice(0, 3)).toEqual(['refused', 'refused', 'refused']);
    expect(inside.opened).toBe(true);
  });

  it('runs once: a second start hands over its file and ends', { timeout: 60_000 }, async () => {
    const file = join(home, 'assets.csv');
    writeFileSync(file, 'name,ip\nportal,10.0.0.1\n');
    const second = await electron
      .launch({
        executablePath: program ?? '',
        args: [...(packed === undefined ? [root] : []), `--user-data-dir=${join(home, 'user')}`, file],
      })
      .then(
        (other) => other.close().then(() => 'closed'),
        () => 'ended',
      );
    expect(['closed', 'ended']).toContain(second);
    // The first one reads the file: the page learned its name, not its path.
    await page.getByRole('heading', { name: 'assets.csv' }).waitFor();
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  it('keeps its processes apart and lets the engine start its readers', async () => {
    const kinds = await app.evaluate(({ app: own }) => own.getAppMetrics().map(({ type, name }) => `${type} ${name ?? ''}`.trim()));
    expect(kinds.some((kind) => kind.includes('Redoubt engine'))).toBe(true);
  });

  it('comes back after its page died', { timeout: 60_000 }, async () => {
    const loaded = app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return new Promise<string>((resolve) => {
        window?.webContents.once('did-finish-load', () => resolve('loaded'));
        window?.webContents.forcefullyCrashRenderer();
      });
    });
    expect(await loaded).toBe('loaded');
  });
});
