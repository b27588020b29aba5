/**
 * The whole transport. A message is a JSON value, plus the raw bytes of a Blob answer
 * where there is one. Messages arrive in the order in which they were sent.
 */
export interface Channel {
  send(message: Message): void;
  /** One listener at a time; a later call replaces the earlier one. */
  onMessage(listener: (message: Message) => void): void;
  /** Called once, when the connection ends by either side; at once (but not within this call) where it already has. */
  onClose(listener: () => void): void;
  close(): void;
}

export interface Message {
  readonly head: unknown;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/**
 * The body in a buffer of its own. A view into a larger buffer must not travel: a port would send all of
 * that buffer (in Node perhaps a pool with other people's bytes), and typed arrays want an aligned start.
 */
export function ownBody(message: Message): Message {
  const { body } = message;
  if (!body || body.byteLength === body.buffer.byteLength) return message;
  return { ...message, body: new Uint8Array(body) };
}
