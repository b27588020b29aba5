import type { Command, Option } from './command.ts';

export const globalOptions: Readonly<Record<string, Option>> = {
  workspace: {
    type: 'string',
    value: 'DIR',
    about: 'Folder of the workspace; REDOUBT_WORKSPACE, else the system’s folder for app data, unless given.',
  },
  json: { type: 'boolean', about: 'One JSON document on standard output; logs and progress on standard error.' },
  'key-file': {
    type: 'string',
    value: 'FILE',
    about: 'The passphrase is the first line of this file; else REDOUBT_PASSPHRASE, else it is asked for.',
  },
  verbose: { type: 'boolean', about: 'Log on standard error what the engine does.' },
  help: { type: 'boolean', short: 'h', about: 'Show this, or with a command its own help.' },
  version: { type: 'boolean', about: 'Show the version.' },
};

const exitCodes = 'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but with rejected objects, 130 interrupted.';

export function usage(command: Command): string {
  return ['redoubt', command.words, ...command.args].join(' ');
}

export function helpOfAll(commands: readonly Command[]): string {
  const lines = commands.map((command): [string, string] => [[command.words, ...command.args].join(' '), command.about]);
  return `Usage: redoubt COMMAND [OPTION…]\n\nCommands:\n${columns(lines)}\nOptions of every command:\n${optionLines(globalOptions)}\n“redoubt COMMAND --help” shows a command’s own options.\n${exitCodes}\n`;
}

export function helpOf(command: Command): string {
  const own = Object.keys(command.options).length > 0 ? `\nOptions:\n${optionLines(command.options)}` : '';
  return `Usage: ${usage(command)} [OPTION…]\n\n${command.about}\n${own}\nOptions of every command:\n${optionLines(globalOptions)}\n${exitCodes}\n`;
}

function optionLines(options: Readonly<Record<string, Option>>): string {
  return columns(
    Object.entries(options).map(([name, { short, value, about }]) => [
      `${short ? `-${short}, ` : ''}--${name}${value ? ` ${value}` : ''}`,
      about,
    ]),
  );
}

function columns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}
