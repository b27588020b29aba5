/**
 * The whole transport. A message is a JSON value, plus the raw bytes of a Blob answer
 * where there is one. Messages arrive in the order in which they were sent.
 */
export interface Channel {
  send(message: Message): void;
  /** One listener at a time; a later call replaces the earlier one. */
  onMessage(listener: (message: Message) => void): void;
  /** Called once, when the other side is gone. */
  onClose(listener: () => void): void;
  close(): void;
}

export interface Message {
  readonly head: unknown;
  readonly body?: Uint8Array<ArrayBuffer>;
}
