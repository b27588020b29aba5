import { type Channel, type Message, ownBody } from './channel.ts';

/** Two joined ends in one process, for the command line and for tests. Values are copied as a wire would. */
export function memoryChannel(): [Channel, Channel] {
  const listeners: (((message: Message) => void) | undefined)[] = [undefined, undefined];
  const closers: (() => void)[][] = [[], []];
  const waiting: Message[][] = [[], []];
  let open = true;
  const end = (mine: 0 | 1): Channel => {
    const other = mine === 0 ? 1 : 0;
    return {
      send(message) {
        if (!open) return;
        const copy: Message = { ...ownBody(message), head: JSON.parse(JSON.stringify(message.head)) as unknown };
        queueMicrotask(() => {
          const listener = listeners[other];
          if (listener) listener(copy);
          else waiting[other]?.push(copy);
        });
      },
      onMessage(listener) {
        listeners[mine] = listener;
        for (const message of waiting[mine]?.splice(0) ?? []) listener(message);
      },
      onClose(listener) {
        if (open) closers[mine]?.push(listener);
        else queueMicrotask(listener);
      },
      close() {
        if (!open) return;
        open = false;
        for (const side of closers) for (const listener of side) listener();
      },
    };
  };
  return [end(0), end(1)];
}
