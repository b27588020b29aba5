import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { BackupSettings } from '#shared/contract/admin.ts';
import { writeDurably } from './durable.ts';

/*
 * In a file beside the database: where copies lie must be known when the database cannot be
 * opened. It holds no secret; a sum tells a changed byte from a wish.
 */

export const usualSettings: BackupSettings = {
  automatic: true,
  everyHours: 24,
  everyOperations: 1000,
  keepDaily: 7,
  keepWeekly: 4,
  keepNewest: 3,
};

const Stored = z.strictObject({ format: z.literal('redoubt-backup-settings/1'), settings: BackupSettings, sum: z.string() });

/** `problem` says that the file is damaged and the usual settings stand in. */
export function readSettings(path: string): { settings: BackupSettings; problem?: string } {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { settings: usualSettings };
  }
  try {
    const { settings, sum } = Stored.parse(JSON.parse(text));
    if (sum === sumOf(settings)) return { settings };
  } catch {
    // Said below.
  }
  return {
    settings: usualSettings,
    problem: 'The settings of the backups are damaged, so the usual ones are used; set them again, above all another folder.',
  };
}

export function writeSettings(path: string, settings: BackupSettings): void {
  writeDurably(path, `${JSON.stringify({ format: 'redoubt-backup-settings/1', settings, sum: sumOf(settings) }, null, 2)}\n`);
}

function sumOf(settings: BackupSettings): string {
  const { automatic, everyHours, everyOperations, keepDaily, keepWeekly, keepNewest, folder } = settings;
  return createHash('sha256')
    .update(JSON.stringify([automatic, everyHours, everyOperations, keepDaily, keepWeekly, keepNewest, folder ?? null]))
    .digest('hex');
}
