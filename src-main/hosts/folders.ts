import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The project's root, or the app's own folder where it is packed: the nearest one with a package.json, for bundled code lies elsewhere. */
export const appDir = nearestPackage(import.meta.dirname);

export const resourcesDir = join(appDir, 'resources');
export const faceDir = join(appDir, 'out', 'renderer');

/** The version of the program, from its package.json. */
export function appVersion(): string {
  return (JSON.parse(readFileSync(join(appDir, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Where the workspace lies: as told, else REDOUBT_WORKSPACE, else the platform's folder for an app's data. */
export function workspaceDir(told: string | undefined, env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const chosen = told ?? env.REDOUBT_WORKSPACE;
  if (chosen) return resolve(chosen);
  const home = env.HOME ?? homedir();
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Redoubt', 'workspace');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Redoubt', 'workspace');
  return join(env.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'redoubt', 'workspace');
}

function nearestPackage(folder: string): string {
  const above = dirname(folder);
  return existsSync(join(folder, 'package.json')) || above === folder ? folder : nearestPackage(above);
}
