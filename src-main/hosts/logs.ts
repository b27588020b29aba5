import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '#main/platform/host.ts';
import { createLog, fileWriter, joinLogs, type Level } from '#main/platform/log/log.ts';

const now = () => Date.now();

/** The engine's own log in the workspace's folder, once that folder exists. */
export function workspaceLog(dataDir: string): Log {
  const writer = fileWriter(join(dataDir, 'engine.log'));
  return createLog({ now, write: (level, line) => void (existsSync(dataDir) && writer.write(level, line)) });
}

/** The same, and from `least` on also for the person at the terminal, one short line each. */
export function commandLog(dataDir: string, least: Level, write: (line: string) => void): Log {
  const screen = createLog({ now, least, write: (_level, line) => write(line) });
  // A person is told that something failed; the stack is for the file.
  const brief: Log = { ...screen, error: (message) => screen.error(message) };
  return joinLogs(workspaceLog(dataDir), brief);
}
