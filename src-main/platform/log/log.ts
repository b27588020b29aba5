import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { Log } from '../host.ts';

export type Level = 'info' | 'warn' | 'error';

export interface LogTerms {
  /** One finished line, without its end. Must not throw. */
  readonly write: (level: Level, line: string) => void;
  readonly now: () => number;
  /** The lowest level that is written; `info` unless given. */
  readonly least?: Level;
}

const order: Record<Level, number> = { info: 0, warn: 1, error: 2 };
const secret = /pass(phrase|word)|secret|token|recovery|^key$|authorization|cookie/i;

/** A log of single lines: time, level, message, details as JSON. Values named like secrets are never written. */
export function createLog({ write, now, least = 'info' }: LogTerms): Log {
  const line = (level: Level, message: string, details?: unknown) => {
    if (order[level] < order[least]) return;
    const tail = details === undefined ? '' : ` ${oneLine(describe(details))}`;
    write(level, `${new Date(now()).toISOString()} ${level} ${oneLine(message)}${tail}`);
  };
  return {
    info: (message, details) => line('info', message, details),
    warn: (message, details) => line('warn', message, details),
    error: (message, error) => line('error', message, error),
  };
}

/** Joins logs: each line goes to all of them. */
export function joinLogs(...logs: Log[]): Log {
  return {
    info: (message, details) => logs.forEach((log) => void log.info(message, details)),
    warn: (message, details) => logs.forEach((log) => void log.warn(message, details)),
    error: (message, error) => logs.forEach((log) => void log.error(message, error)),
  };
}

/**
 * Writes lines to a file only its owner can read. At `maxBytes` the file is set aside as
 * `<file>.old`, so a log holds at most twice that. A log that cannot be written is dropped in
 * silence: it must never stop the work.
 */
export function fileWriter(file: string, maxBytes = 4 * 1024 * 1024): { write: (level: Level, line: string) => void; close: () => void } {
  let handle: number | undefined;
  let size = 0;
  const close = () => {
    if (handle !== undefined) closeSync(handle);
    handle = undefined;
  };
  return {
    write(_level, line) {
      try {
        if (handle === undefined) {
          handle = openSync(file, 'a', 0o600);
          size = fstatSync(handle).size;
        }
        size += writeSync(handle, `${line}\n`);
        if (size < maxBytes) return;
        close();
        renameSync(file, `${file}.old`);
      } catch {
        handle = undefined;
      }
    },
    close,
  };
}

function describe(details: unknown): string {
  if (details instanceof Error) {
    const cause = details.cause === undefined ? '' : ` ⟵ ${describe(details.cause)}`;
    return `${details.stack ?? `${details.name}: ${details.message}`}${cause}`;
  }
  try {
    return (
      JSON.stringify(details, (key, value: unknown) => (secret.test(key) ? '…' : typeof value === 'bigint' ? String(value) : value)) ??
      String(details)
    );
  } catch {
    return String(details);
  }
}

/** A line stays a line, whatever an imported name holds; and no control characters reach a terminal. */
function oneLine(text: string): string {
  const flat = text.replace(/\r?\n\s*/g, ' | ').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
  return flat.length > 8000 ? `${flat.slice(0, 8000)}…` : flat;
}
