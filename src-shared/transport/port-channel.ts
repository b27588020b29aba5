import { type Channel, type Message, ownBody } from './channel.ts';

/** What the page's MessagePort and Electron's MessagePortMain have in common, once wrapped by their host. */
export interface PortLike {
  post(message: Message): void;
  listen(listener: (message: Message) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

export function portChannel(port: PortLike): Channel {
  return {
    send: (message) => port.post(ownBody(message)),
    onMessage: (listener) => port.listen(listener),
    onClose: (listener) => port.onClose(listener),
    close: () => port.close(),
  };
}
