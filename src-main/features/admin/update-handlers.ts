import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { admin } from '#shared/contract/admin.ts';
import { compareVersions } from '#shared/domain/intel/versions.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import { openRelease, readReleaseKeys } from '#main/platform/update/update.ts';

export interface UpdateTerms {
  /** Holds release-keys.json, part of the build. */
  readonly resourcesDir: string;
  /** Of the program that runs. */
  readonly version: string;
}

/** What an update file would bring. Verified before it is shown; nothing asks a server. */
export function updateHandlers({ resourcesDir, version }: UpdateTerms): Pick<Handlers<{ admin: typeof admin }>['admin'], 'checkUpdate'> {
  return {
    checkUpdate({ text }) {
      const { release, key } = openRelease(text, readReleaseKeys(readFileSync(join(resourcesDir, 'release-keys.json'), 'utf8')));
      return {
        current: version,
        version: release.version,
        newer: compareVersions(release.version, version, 'semver') === 1,
        released: release.released,
        notes: release.notes,
        key,
        files: release.files
          .filter(({ platform, arch }) => platform === process.platform && arch === process.arch)
          .map(({ name, size, sha512 }) => ({ name, size, sha512 })),
      };
    },
  };
}
