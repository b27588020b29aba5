import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { appVersion, resourcesDir } from '#main/hosts/folders.ts';
import { isIntact, openRelease, readReleaseKeys } from '#main/platform/update/update.ts';
import { compareVersions } from '#shared/domain/intel/versions.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { type Command, exit } from './command.ts';

const verify: Command = {
  words: 'update verify',
  about: 'Checks an update file’s signature, and an installer against it; nothing is fetched, opened or installed.',
  args: ['UPDATE', '[INSTALLER]'],
  options: {},
  wants: 'nothing',
  async run({ args: [update = '', installer], print }) {
    const keys = readReleaseKeys(readFileSync(join(resourcesDir, 'release-keys.json'), 'utf8'));
    const { release, key } = openRelease(textOf(update), keys);
    const newer = compareVersions(release.version, appVersion(), 'semver') === 1;
    const checked = installer === undefined ? undefined : await check(installer, release.files);
    await print({ version: release.version, newer, released: release.released, key, ...(checked ? { installer: checked } : {}) }, () =>
      [
        `Redoubt ${release.version}, released ${release.released.slice(0, 10)}${newer ? '' : `; not newer than ${appVersion()}, which runs`}`,
        `Signed by  ${key}`,
        ...(checked ? [`${checked.name}: intact`] : release.files.map(({ name }) => `  ${name}`)),
        '',
      ].join('\n'),
    );
    return exit.done;
  },
};

async function check(installer: string, files: readonly { name: string; size: number; sha512: string }[]) {
  const name = basename(installer);
  const file = files.find((one) => one.name === name);
  if (!file)
    throw new ContractError('not_found', `The update file does not name “${name}”; it names ${files.map((one) => one.name).join(', ')}.`);
  if (!statSync(installer, { throwIfNoEntry: false })?.isFile()) throw new ContractError('not_found', `There is no file ${installer}.`);
  if (!(await isIntact(file as Parameters<typeof isIntact>[0], createReadStream(installer))))
    throw new ContractError(
      'damaged',
      `“${name}” is not the file that was signed: it was altered or cut off. Do not install it; fetch it again.`,
    );
  return { name, intact: true };
}

function textOf(path: string): string {
  try {
    if (statSync(path).size > 1_000_000) return '';
    return readFileSync(path, 'utf8');
  } catch {
    throw new ContractError('not_found', `${path} cannot be read; name the redoubt-update.json that came with the installer.`);
  }
}

export const updateCommands: readonly Command[] = [verify];
