import { createHash, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, isIntact, openRelease, type Release, readReleaseKeys, sealRelease } from './update.ts';

const ours = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const installer = Buffer.from('an installer');
const release: Release = {
  kind: 'redoubt-release',
  version: '1.2.0',
  released: '2026-11-20T10:00:00.000Z',
  notes: 'New.',
  files: [
    {
      name: 'Redoubt-1.2.0.AppImage',
      platform: 'linux',
      arch: 'x64',
      size: installer.length,
      sha512: createHash('sha512').update(installer).digest('hex'),
    },
  ],
};
const sealed = sealRelease(release, ours.privateKey);

describe('an update file', () => {
  it('is believed where a release key of this build signed it', () => {
    expect(openRelease(sealed, [theirs.publicKey, ours.publicKey])).toEqual({ release, key: fingerprintOf(ours.publicKey) });
  });

  it('is refused with a sentence where it is not', () => {
    expect(() => openRelease(sealed, [])).toThrow(/carries no release key/);
    expect(() => openRelease(sealed, [theirs.publicKey])).toThrow(/not ours/);
    expect(() => openRelease(sealRelease(release, theirs.privateKey), [ours.publicKey])).toThrow(/not ours/);
    for (const text of ['', '[]', '{"signed":1}', 'x'.repeat(300_000)])
      expect(() => openRelease(text, [ours.publicKey])).toThrow(/not an update file/);
  });

  it('is refused after any change of what was signed', () => {
    const envelope = JSON.parse(sealed) as { signed: string; signatures: { key: string; signature: string }[] };
    fc.assert(
      fc.property(fc.nat(envelope.signed.length - 1), fc.integer({ min: 32, max: 126 }), (at, code) => {
        const changed = envelope.signed.slice(0, at) + String.fromCharCode(code) + envelope.signed.slice(at + 1);
        if (changed === envelope.signed) return;
        expect(() => openRelease(JSON.stringify({ ...envelope, signed: changed }), [ours.publicKey])).toThrow(/not ours/);
      }),
      { numRuns: 300 },
    );
  });

  it('names files by plain names and Ed25519 keys only', () => {
    const [file] = release.files;
    expect(() =>
      sealRelease({ ...release, files: [{ ...(file as Release['files'][number]), name: '../evil' }] }, ours.privateKey),
    ).toThrow();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
    const pem = ours.publicKey.export({ type: 'spki', format: 'pem' });
    expect(readReleaseKeys(JSON.stringify({ keys: [rsa, pem] })).map(fingerprintOf)).toEqual([fingerprintOf(ours.publicKey)]);
  });
});

describe('an installer', () => {
  const [file] = release.files as [Release['files'][number]];
  async function* pieces(...texts: string[]) {
    for (const text of texts) yield new TextEncoder().encode(text);
  }
  it('is intact to the last byte, or not', async () => {
    expect(await isIntact(file, pieces('an inst', 'aller'))).toBe(true);
    for (const other of [pieces('an installes'), pieces('an install'), pieces('an installer', '!'), pieces()])
      expect(await isIntact(file, other)).toBe(false);
  });
});
