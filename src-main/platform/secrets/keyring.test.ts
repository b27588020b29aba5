import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createKeyring, proven, readKeyring, unwrapByPassphrase, unwrapByRecoveryCode, withPassphrase, writeKeyring } from './keyring.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-keyring-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const random = (length: number) => new Uint8Array(randomBytes(length));
const workspace = '5d2f1f7e-8f0e-4c0a-9d0e-000000000001';

describe('the keyring', async () => {
  const { keyring, key, recoveryCode } = await createKeyring('correct horse battery', workspace, 0, random);

  it('opens by its passphrase in either Unicode form, and by nothing else', async () => {
    expect(await unwrapByPassphrase(keyring, 'correct horse battery')).toEqual(key);
    await expect(unwrapByPassphrase(keyring, 'correct horse batterz')).rejects.toMatchObject({ code: 'wrong_passphrase' });
    const composed = await withPassphrase(keyring, key, 'caf\u00e9', random);
    expect(await unwrapByPassphrase(composed, 'cafe\u0301')).toEqual(key);
  });

  it('opens by its recovery code, however it is spaced or cased, and not by a misspelt one', () => {
    expect(recoveryCode).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(unwrapByRecoveryCode(keyring, recoveryCode)).toEqual(key);
    expect(unwrapByRecoveryCode(keyring, recoveryCode.toLowerCase().replaceAll('-', ' '))).toEqual(key);
    const other = recoveryCode[0] === '7' ? '8' : '7';
    expect(() => unwrapByRecoveryCode(keyring, other + recoveryCode.slice(1))).toThrow(/does not open/);
    expect(() => unwrapByRecoveryCode(keyring, 'short')).toThrow(/32 letters and digits/);
  });

  it('holds the key in no readable form', () => {
    const text = JSON.stringify(keyring);
    expect(text).not.toContain(Buffer.from(key).toString('base64'));
    expect(text).not.toContain(Buffer.from(key).toString('hex'));
    expect(text).not.toContain(recoveryCode);
  });

  it('changes its passphrase without changing the key or the recovery code', async () => {
    const changed = await withPassphrase(keyring, key, 'another passphrase', random);
    expect(await unwrapByPassphrase(changed, 'another passphrase')).toEqual(key);
    await expect(unwrapByPassphrase(changed, 'correct horse battery')).rejects.toMatchObject({ code: 'wrong_passphrase' });
    expect(unwrapByRecoveryCode(changed, recoveryCode)).toEqual(key);
  });

  it('takes no key of another workspace from a keychain', () => {
    expect(proven(keyring, key)).toEqual(key);
    expect(() => proven(keyring, random(32))).toThrow(/another workspace/);
    expect(() => proven(keyring, random(5))).toThrow(/another workspace/);
  });

  it('cannot be opened with a wrap that was moved or changed', async () => {
    const { box } = keyring.passphrase;
    const flipped = Buffer.from(box, 'base64');
    flipped[3] = (flipped[3] as number) ^ 1;
    const changed = { ...keyring, passphrase: { ...keyring.passphrase, box: flipped.toString('base64') } };
    await expect(unwrapByPassphrase(changed, 'correct horse battery')).rejects.toMatchObject({ code: 'wrong_passphrase' });
    const moved = { ...keyring, workspace: '5d2f1f7e-8f0e-4c0a-9d0e-000000000002' };
    await expect(unwrapByPassphrase(moved, 'correct horse battery')).rejects.toMatchObject({ code: 'wrong_passphrase' });
  });

  it('lies in a file for its owner alone; a damaged one is told from none', () => {
    const path = join(folder, 'keys.json');
    expect(readKeyring(path)).toBeUndefined();
    writeKeyring(path, keyring);
    expect(readKeyring(path)).toEqual(keyring);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -40));
    expect(() => readKeyring(path)).toThrow(/damaged/);
  });
});
