import type { MenuItemConstructorOptions, Tray } from 'electron';

/** What goes on, as the tray and the window's icon show it. */
export interface Activity {
  readonly running: number;
  /** 0 to 1 over the jobs whose end is known. */
  readonly progress?: number | undefined;
}

export function trayTooltip({ running, progress }: Activity): string {
  if (running === 0) return 'Redoubt';
  const part = progress === undefined ? '' : `, ${Math.floor(progress * 100)} %`;
  return `Redoubt: ${running === 1 ? 'one job' : `${running} jobs`} running${part}`;
}

export function trayMenu(act: { show(): void; lock(): void; quit(): void }): MenuItemConstructorOptions[] {
  return [
    { label: 'Show Redoubt', click: act.show },
    { label: 'Lock the workspace', click: act.lock },
    { type: 'separator' },
    { label: 'Quit', click: act.quit },
  ];
}

/** The tray's picture by system: macOS colours a template itself. */
export function trayPicture(platform: NodeJS.Platform): string {
  return platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
}

/** A tray icon, or none where the system has no place for it: some Linux desktops do not. */
export function openTray(make: () => Tray): Tray | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
