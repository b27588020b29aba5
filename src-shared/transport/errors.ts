/** The closed list of errors that may cross a channel; anything else becomes `internal`. */
export const errorCodes = [
  'invalid_input',
  'not_found',
  'forbidden',
  'locked',
  'wrong_passphrase',
  'damaged',
  'in_use',
  'conflict',
  'cancelled',
  'timed_out',
  'too_large',
  'network_denied',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** An error a person may read: one sentence that says what, where and what to do. */
export class ContractError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ContractError';
    this.code = code;
  }
}

export function isContractError(value: unknown): value is ContractError {
  return value instanceof ContractError;
}
