import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * An installed Chrome, Chromium or Edge for the journeys, or undefined. REDOUBT_BROWSER names
 * one by path; set to `none` it says that there is none.
 * @returns {string | undefined}
 */
export function findBrowser() {
  const chosen = process.env.REDOUBT_BROWSER;
  if (chosen === 'none') return undefined;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  return candidates().find((path) => existsSync(path));
}

function candidates() {
  const { env, platform } = process;
  if (platform === 'darwin') {
    const names = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    const folders = ['/Applications', ...(env.HOME ? [join(env.HOME, 'Applications')] : [])];
    return folders.flatMap((folder) => names.map((name) => `${folder}/${name}.app/Contents/MacOS/${name}`));
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter((folder) => folder);
    const programs = [
      'Google\\Chrome\\Application\\chrome.exe',
      'Chromium\\Application\\chrome.exe',
      'Microsoft\\Edge\\Application\\msedge.exe',
    ];
    return folders.flatMap((folder) => programs.map((program) => join(folder, program)));
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge'];
  const folders = [
    ...new Set([...(env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/opt/google/chrome', '/snap/bin']),
  ].filter((folder) => folder.startsWith('/'));
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/**
 * Installs Chromium by package where that is the house's custom: on Debian and its kin, as root.
 * @returns {boolean} whether it is there now
 */
export function installBrowser() {
  if (process.env.REDOUBT_BROWSER === 'none' || process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return false;
  if (!/^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))) return false;
  console.error('Installing Chromium for the journeys (apt-get install chromium) …');
  const apt = (...args) =>
    spawnSync('apt-get', args, { stdio: 'ignore', timeout: 240_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status ===
    0;
  const install = () => apt('install', '-y', '--no-install-recommends', 'chromium');
  return install() || (apt('update') && install());
}

/** Whether a window can be shown on this machine, as far as one can know beforehand. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Opens an address in the user's browser; resolves with false where that cannot be done.
 * @returns {Promise<boolean>}
 */
export function openInBrowser(address) {
  if (!hasDisplay()) return Promise.resolve(false);
  const [program, args] =
    process.platform === 'darwin'
      ? ['open', [address]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', address]]
        : ['xdg-open', [address]];
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
    const later = setTimeout(() => resolve(true), 5000);
    later.unref();
    child.unref();
  });
}
