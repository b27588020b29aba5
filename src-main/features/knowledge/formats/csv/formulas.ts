/**
 * Spreadsheets run a cell that begins so, also in its full-width forms (OWASP, CSV injection); a plain number is safe.
 * A text that an apostrophe guards already gets another, so that taking one away always gives the text back.
 */
export function needsGuard(text: string): boolean {
  return /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) && !/^[+-]?\d+(?:\.\d+)?$/.test(text);
}

/** Whether the first apostrophe is a guard. */
export function isGuarded(text: string): boolean {
  return text.startsWith("'") && needsGuard(text);
}
