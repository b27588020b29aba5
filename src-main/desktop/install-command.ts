import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface InstallTerms {
  /** The person's own folder of programs: no administrator's rights. */
  readonly home: string;
  /** `bin/redoubt` of this installation. */
  readonly program: string;
  /** Set inside an AppImage: its file, which holds the program only while it runs. */
  readonly appImage?: string | undefined;
  readonly path: string;
}

/**
 * Puts the command `redoubt` into ~/.local/bin and says in a sentence where it stands. Whatever else is there under
 * that name is left alone.
 */
export function installCommand({ home, program, appImage, path }: InstallTerms): string {
  const folder = join(home, '.local', 'bin');
  const place = join(folder, 'redoubt');
  const mark = '# Made by Redoubt: starts the command line inside its AppImage.';
  if (isThere(place) && !isOurs(place, mark))
    return `${place} is there already and is not ours; remove it first, or call ${program} by its path.`;
  mkdirSync(folder, { recursive: true });
  rmSync(place, { force: true });
  if (appImage === undefined) symlinkSync(program, place);
  else writeFileSync(place, `#!/bin/sh\n${mark}\nexec ${quoted(appImage)} --command-line "$@"\n`, { mode: 0o755 });
  const found = path.split(delimiter).includes(folder);
  return found
    ? `The command is ready: redoubt --help`
    : `The command stands at ${place}; add ${folder} to your PATH to call it by its name.`;
}

function isThere(place: string): boolean {
  try {
    lstatSync(place);
    return true;
  } catch {
    return false;
  }
}

function isOurs(place: string, mark: string): boolean {
  try {
    if (lstatSync(place).isSymbolicLink()) return /[/\\]bin[/\\]redoubt$/.test(readlinkSync(place));
    return readFileSync(place, 'utf8').includes(mark);
  } catch {
    return false;
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
