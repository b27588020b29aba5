import { readFileSync } from 'node:fs';
import { ContractError } from '#shared/transport/errors.ts';
import type { Terminal } from './terminal.ts';

const longestKeyFile = 64 * 1024;

/**
 * The passphrase from --key-file (its first line), from REDOUBT_PASSPHRASE, or from the person at
 * the keyboard; in this order. `twice` is for a new one.
 */
export async function readPassphrase(io: Terminal, keyFile: string | undefined, { twice = false } = {}): Promise<string> {
  if (keyFile !== undefined) return firstLine(keyFile);
  const given = io.env.REDOUBT_PASSPHRASE;
  if (given !== undefined && given !== '') return given;
  if (!io.canAsk)
    throw new ContractError(
      'locked',
      'The workspace needs its passphrase: put it into REDOUBT_PASSPHRASE, or name a file that holds it with --key-file.',
    );
  const passphrase = await io.askHidden(twice ? 'New passphrase (at least 8 characters): ' : 'Passphrase: ');
  if (twice && (await io.askHidden('The same again: ')) !== passphrase)
    throw new ContractError('invalid_input', 'The two passphrases differ; nothing was made.');
  return passphrase;
}

/**
 * The passphrase of a workspace file, which is not the workspace's own: from --file-key (a file's
 * first line), from REDOUBT_FILE_PASSPHRASE, or from the person at the keyboard. Undefined where none of them can say.
 */
export async function readFilePassphrase(io: Terminal, keyFile: string | undefined, { twice = false } = {}): Promise<string | undefined> {
  if (keyFile !== undefined) return firstLine(keyFile);
  const given = io.env.REDOUBT_FILE_PASSPHRASE;
  if (given !== undefined && given !== '') return given;
  if (!io.canAsk) return undefined;
  const passphrase = await io.askHidden(twice ? 'Passphrase for the file (at least 8 characters): ' : 'Passphrase of the file: ');
  if (twice && (await io.askHidden('The same again: ')) !== passphrase)
    throw new ContractError('invalid_input', 'The two passphrases differ; nothing was written.');
  return passphrase;
}

function firstLine(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ContractError(
      'not_found',
      `The key file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`,
    );
  }
  const line = text.slice(0, longestKeyFile).split(/\r?\n/, 1)[0] ?? '';
  if (line === '')
    throw new ContractError('invalid_input', `The key file ${file} begins with an empty line; its first line must be the passphrase.`);
  return line;
}
