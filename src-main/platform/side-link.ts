/** How a process beside the engine hears from it and answers it (structured clones both ways). */
export interface SideLink {
  send(message: unknown, sent?: () => void): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, when the engine is gone. */
  onGone(listener: () => void): void;
}

/** The link of a child process under plain Node. */
export function parentLink(): SideLink {
  return {
    send: (message, sent) => void process.send?.(message, () => sent?.()),
    onMessage: (listener) => void process.on('message', listener),
    onGone: (listener) => void process.on('disconnect', listener),
  };
}
