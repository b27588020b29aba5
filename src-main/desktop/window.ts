import type { BrowserWindowConstructorOptions, Session } from 'electron';

/** Options of the one window. Everything that would let a page out of its sandbox is said no to by name. */
export function windowOptions({
  preload,
  session,
  devTools,
}: {
  preload: string;
  session: Session;
  devTools: boolean;
}): BrowserWindowConstructorOptions {
  return {
    width: 1440,
    height: 900,
    minWidth: 880,
    minHeight: 560,
    title: 'Redoubt',
    show: false,
    backgroundColor: '#101418',
    webPreferences: {
      preload,
      session,
      devTools,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  };
}
