import { ipcRenderer } from 'electron';

/**
 * Hands the page one thing: its end of the channel to the engine. A port cannot pass through
 * contextBridge, so it goes by a message to the page's own origin; nothing else of Electron is
 * shown. The page's scripts have run, and so listen, by DOMContentLoaded.
 */
const origin = 'app://redoubt';

if (window.location.origin === origin && window.top === window) {
  ipcRenderer.on('engine', ({ ports }) => window.postMessage('engine', origin, [...ports]));
  window.addEventListener('DOMContentLoaded', () => ipcRenderer.send('engine'), { once: true });
}
