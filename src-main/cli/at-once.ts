import { appVersion } from '#main/hosts/folders.ts';
import { helpText } from './help-text.ts';

/** The answer to a command line that asks for nothing else than help or the version; undefined for all others, which run.ts reads. */
export function answerAtOnce(argv: readonly string[]): string | undefined {
  if (argv.length !== 1) return undefined;
  if (argv[0] === '--help' || argv[0] === '-h') return helpText;
  return argv[0] === '--version' ? `${appVersion()}\n` : undefined;
}
