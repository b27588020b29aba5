import type { MenuItemConstructorOptions } from 'electron';

/** What the menus can ask for; everything else in them is Electron's own role. */
export type MenuAction = 'open-files' | 'open-folder' | 'lock' | 'install-command' | { readonly view: string };

/** The system's menus. Every entry of ours leads to a view or a dialog of this app: none to a page or a server. */
export function menuTemplate(platform: NodeJS.Platform, act: (action: MenuAction) => void): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const item = (label: string, action: MenuAction, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => act(action),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const view = (label: string, name: string) => item(label, { view: name });
  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        item('Open files…', 'open-files', 'CmdOrCtrl+O'),
        item('Open a folder…', 'open-folder'),
        { type: 'separator' },
        item('Lock the workspace', 'lock', 'CmdOrCtrl+Shift+L'),
        { type: 'separator' },
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        view('Overview', 'home'),
        view('Search', 'search'),
        view('Entities', 'explore'),
        view('Matrix', 'matrix'),
        view('Egress ledger', 'ledger'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      label: '&Help',
      submenu: [
        view('Help', 'help'),
        // Windows and the Linux packages bring the command with the installer.
        ...(mac || process.env.APPIMAGE ? [item('Install the command “redoubt”', 'install-command')] : []),
        ...(mac ? [] : [{ type: 'separator' } as const, { role: 'about' } as const]),
      ],
    },
  ];
}
