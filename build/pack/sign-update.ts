import { createHash, createPrivateKey } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { fingerprintOf, type Release, sealRelease } from '../../src-main/platform/update/update.ts';

// Recipe: after packing, signs what lies in release/ into release/redoubt-update.json, which travels with the
// installers. The private key (PEM, Ed25519) never lies in the project:
//   openssl genpkey -algorithm ed25519 -out KEY; its public half goes into resources/release-keys.json
//   node build/pack/sign-update.ts --key KEY [--folder release] [--notes FILE]

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: { key: { type: 'string' }, folder: { type: 'string', default: join(root, 'release') }, notes: { type: 'string' } },
});
if (!values.key) throw new Error('Name the private key: node build/pack/sign-update.ts --key KEY');
const key = createPrivateKey(readFileSync(values.key));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

/** What electron-builder calls its installers. */
const kinds = [
  { ending: /\.(?:AppImage|deb|tar\.gz)$/, platform: 'linux' },
  { ending: /\.exe$/, platform: 'win32' },
  { ending: /\.dmg$/, platform: 'darwin' },
] as const;

const files: Release['files'] = [];
for (const name of readdirSync(values.folder).sort()) {
  const kind = kinds.find(({ ending }) => ending.test(name));
  if (!kind) continue;
  const path = join(values.folder, name);
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  const arch = /arm64|aarch64/.test(name) ? 'arm64' : 'x64';
  files.push({ name, platform: kind.platform, arch, size: statSync(path).size, sha512: hash.digest('hex') });
}
const notes = values.notes === undefined ? '' : readFileSync(values.notes, 'utf8');
const release: Release = { kind: 'redoubt-release', version, released: new Date().toISOString(), notes, files };
writeFileSync(join(values.folder, 'redoubt-update.json'), sealRelease(release, key));
console.log(`redoubt-update.json names ${files.length} installers of ${version}, signed; key ${fingerprintOf(key)}`);
