import { parentLink, type SideLink } from '#main/platform/side-link.ts';
import type { PagePort } from './parent-port.ts';

interface SideParent {
  once(event: 'message', listener: (event: { ports: PagePort[] }) => void): void;
}

/** The link of a process beside the engine: the port that Electron's window process hands over first, or under plain Node its parent. */
export function sideLink(): SideLink {
  const { parentPort } = process as unknown as { parentPort?: SideParent };
  return parentPort ? portLink(parentPort) : parentLink();
}

function portLink(parent: SideParent): SideLink {
  const port = new Promise<PagePort>((resolve) => {
    parent.once('message', ({ ports: [first] }) => {
      if (first) resolve(first);
    });
  });
  return {
    send: (message, sent) =>
      void port.then((open) => {
        open.postMessage(message);
        // A port tells nobody when a message has crossed; ending at once could lose it.
        if (sent) setTimeout(sent, 100);
      }),
    onMessage: (listener) =>
      void port.then((open) => {
        open.on('message', ({ data }) => listener(data));
        open.start();
      }),
    onGone: (listener) => void port.then((open) => open.on('close', listener)),
  };
}
