import { BrowserWindow, dialog, type Session } from 'electron';
import { faceOrigin } from './policy.ts';
import { createPatience } from './recovery.ts';
import { windowOptions } from './window.ts';
import { type Box, readWindowState, writeWindowState } from './window-state.ts';

export interface MainWindowTerms {
  readonly preload: string;
  readonly session: Session;
  readonly devTools: boolean;
  /** Where the window's place is kept. */
  readonly stateFile: string;
  readonly screens: () => readonly Box[];
  /** Whether closing the window only hides it, because work goes on. */
  readonly staysOnClose: () => boolean;
  /** Before its page is loaded, which asks for the engine. */
  readonly onMade: (window: BrowserWindow) => void;
  readonly onHidden: () => void;
  readonly onGone: () => void;
  readonly quit: () => void;
}

/** The app's one window: where it was left, and brought back where its page dies or hangs. */
export async function openMainWindow(terms: MainWindowTerms): Promise<void> {
  const state = readWindowState(terms.stateFile, terms.screens());
  const window = new BrowserWindow({ ...windowOptions(terms), ...state.box });
  terms.onMade(window);
  if (state.maximized) window.maximize();
  if (state.fullScreen) window.setFullScreen(true);
  const patience = createPatience(() => Date.now());

  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    writeWindowState(terms.stateFile, {
      box: window.getNormalBounds(),
      maximized: window.isMaximized(),
      fullScreen: window.isFullScreen(),
    });
    if (!terms.staysOnClose()) return;
    event.preventDefault();
    window.hide();
    terms.onHidden();
  });
  window.once('closed', terms.onGone);

  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    if (patience.mayRestart()) return window.webContents.reload();
    void ask('The window keeps failing', `It ended again and again (${reason}). Your data is safe: nothing that was confirmed is lost.`, [
      'Try again',
      'Quit',
    ]).then((again) => {
      if (!again) return terms.quit();
      patience.forgive();
      window.webContents.reload();
    });
  });
  let asking = false;
  window.on('unresponsive', () => {
    if (asking) return;
    asking = true;
    void ask('The window does not answer', 'It is busy or stuck. Work in the background goes on either way.', [
      'Load it anew',
      'Wait',
    ]).then((anew) => {
      asking = false;
      if (anew) window.webContents.reload();
    });
  });

  const ask = async (message: string, detail: string, buttons: [string, string]) =>
    (await dialog.showMessageBox(window, { type: 'warning', message, detail, buttons, defaultId: 0, cancelId: 1, noLink: true }))
      .response === 0;

  await window.loadURL(`${faceOrigin}/`);
}
