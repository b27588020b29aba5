import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pass } from '#main/platform/http/passage.ts';

/** How an AppImage, which holds its command line only while it is mounted, is asked to be one. */
export const commandLineSwitch = '--command-line';

/**
 * Runs the command line that the package brings, with everything after the switch, and answers with its exit code;
 * undefined where the switch is not the first argument.
 */
export function runCommandLine(args: readonly string[], resources: string): number | undefined {
  if (args[0] !== commandLineSwitch) return undefined;
  const windows = process.platform === 'win32';
  const { status, error } = pass({ kind: 'start', what: 'command line' }, () =>
    spawnSync(
      join(resources, 'node', windows ? 'node.exe' : 'node'),
      [join(resources, 'cli', 'out', 'cli', 'redoubt.js'), ...args.slice(1)],
      {
        stdio: 'inherit',
      },
    ),
  );
  if (error) process.stderr.write(`The command line of this package cannot be started (${error.message}); install Redoubt anew.\n`);
  return status ?? 1;
}
