import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareTimes, isTypeName, observableId, seededId, timestampPrecision, typeOfIdentifier } from './index.ts';
import { isDomainName, isEmailAddress, isIpv4, isIpv6 } from './network-values.ts';
import { isBase64, isLanguageTag } from './values.ts';

describe('timestamps', () => {
  it('takes every moment that JavaScript writes, and orders them as time does', () => {
    const moment = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        expect(timestampPrecision(a.toISOString())).toBe(3);
        expect(Math.sign(compareTimes(a.toISOString(), b.toISOString()))).toBe(Math.sign(a.getTime() - b.getTime()));
      }),
    );
    expect(compareTimes('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z')).toBe(0);
    expect(compareTimes('2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.09Z')).toBeGreaterThan(0);
  });

  it.each([
    ['2026-01-01T00:00:00Z', 0],
    ['2016-12-31T23:59:60Z', 0],
    ['2024-02-29T00:00:00.123456Z', 6],
    ['2023-02-29T00:00:00Z', -1],
    ['1900-02-29T00:00:00Z', -1],
    ['2000-02-29T00:00:00Z', 0],
    ['2026-04-31T00:00:00Z', -1],
    ['2026-00-10T00:00:00Z', -1],
    ['2026-01-00T00:00:00Z', -1],
    ['2026-01-01T00:60:00Z', -1],
    ['2026-01-01T00:00:61Z', -1],
    ['2026-01-01T00:00:00.Z', -1],
    ['2026-01-01t00:00:00z', -1],
    ['2026-01-01T00:00:00', -1],
    ['2026-01-01T00:00:00+01:00', -1],
    ['２026-01-01T00:00:00Z', -1],
    ['', -1],
  ])('%s has %i digits of a second', (text, digits) => expect(timestampPrecision(text)).toBe(digits));
});

describe('identifiers', () => {
  const uuid = '7f3c1d52-9b0e-4a56-8c77-21d0a4e5b6c1';
  it.each([
    [`tool--${uuid}`, 'tool'],
    [`x-a-b--${uuid.toUpperCase()}`, 'x-a-b'],
    [`--${uuid}`, ''],
    [`Tool--${uuid}`, ''],
    [`tool-${uuid}`, ''],
    [`tool--${uuid}0`, ''],
    [`tool--${uuid.replaceAll('-', '')}`, ''],
    ['tool--7f3c1d52-9b0e-0a56-8c77-21d0a4e5b6c1', ''],
    ['tool', ''],
  ])('%s is of the type “%s”', (id, type) => expect(typeOfIdentifier(id)).toBe(type));

  it('knows names of types', () => {
    for (const name of ['abc', 'x-a', 'a1-2']) expect(isTypeName(name)).toBe(true);
    for (const name of ['ab', '1ab', 'a--b', 'a_b', 'Abc', '-ab', `a${'b'.repeat(250)}`]) expect(isTypeName(name)).toBe(false);
  });

  it('derives ids of observables from their values alone', () => {
    const name = createHash('sha1')
      .update(Buffer.from('00abedb4aa42466c9c01fed23315a9b7', 'hex'))
      .update('{"value":"198.51.100.3"}')
      .digest('hex');
    const derived = observableId({ type: 'ipv4-addr', value: '198.51.100.3', x_other: 1 }) ?? '';
    expect(derived.replaceAll('-', '').slice(8, 20)).toBe(name.slice(0, 12));
    expect(derived).toMatch(/^ipv4-addr--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab]/);
    expect(observableId({ type: 'file', hashes: { 'SHA-256': 'b', MD5: 'a' } })).toBe(
      observableId({ type: 'file', hashes: { MD5: 'a' }, size: 3 }),
    );
    expect(observableId({ type: 'file', hashes: { own: 'b', other: 'a' } })).toBe(observableId({ type: 'file', hashes: { other: 'a' } }));
    expect(observableId({ type: 'process', pid: 1 })).toBeUndefined();
    expect(observableId({ type: 'user-account', display_name: 'x' })).toBeUndefined();
    expect(observableId({ type: 'constructor' })).toBeUndefined();
    expect(seededId('process', 'x')).toMatch(/^process--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
    expect(seededId('process', 'x')).not.toBe(seededId('process', 'y'));
  });
});

describe('values', () => {
  const all = (test: (value: string) => boolean, good: string[], bad: string[]) => {
    for (const value of good) expect(test(value), value).toBe(true);
    for (const value of bad) expect(test(value), value).toBe(false);
  };

  it('knows addresses', () => {
    all(
      isIpv4,
      ['0.0.0.0', '255.255.255.255', '10.0.0.0/8', '10.0.0.0/0'],
      ['1.2.3', '01.2.3.4', '1.2.3.4/', '1.2.3.4/08', '1.2.3.4 ', ''],
    );
    all(
      isIpv6,
      ['::', '::1', '2001:db8::/32', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', 'fe80::1%eth0', '1::8'],
      [':', ':::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', '::1/129', '::1%', '1.2.3.4', '1:2:3:4:5:6:7:1.2.3.4'],
    );
    all(
      isDomainName,
      ['a', 'x.example', 'bücher.example', 'xn--bcher-kva.example', '_dmarc.x.example', 'x.example.', '*.x.example'],
      ['', '.', 'a..b', 'a b', 'a-.b', 'a/b', 'a:80'],
    );
    all(
      isEmailAddress,
      ['a@b.example', '"a b"@b.example', 'a+b@[198.51.100.1]', 'ä@b.example'],
      ['a', '@b', 'a@', 'a b@c.example', 'a@b@c d', '<a@b.example>'],
    );
  });

  it('knows base64 and language codes', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => isBase64(Buffer.from(bytes).toString('base64'))));
    all(isBase64, ['AA==', 'AAA=', 'AAAA'], ['', 'A', 'AA', 'AAA', 'A===', 'AA=A', 'A-A_', 'AA==AA==']);
    expect(isBase64('A'.repeat(4_000_000))).toBe(true);
    all(
      isLanguageTag,
      ['en', 'de-CH', 'zh-Hant-TW', 'sr-Latn', 'es-419', 'de-1996', 'x-own', 'en-x-own', 'i-klingon'],
      ['', 'e', 'english', 'en_US', 'en-', 'en-a', '12'],
    );
  });
});
