import type { ErrorCode } from '#shared/transport/errors.ts';

/** What crosses between the engine and a reader process (IPC with `serialization: 'advanced'`). */
export type ToReader =
  /** Always first. The key travels here only: arguments and environment can be read by other programs. */
  | { readonly kind: 'open'; readonly path: string; readonly key: Uint8Array }
  | { readonly kind: 'read'; readonly id: number; readonly name: string; readonly params: unknown };

export type FromReader =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly error: CrossedError }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: CrossedError };

/** `detail` is for the engine's log, never for a person's eyes. */
export interface CrossedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: string;
}
