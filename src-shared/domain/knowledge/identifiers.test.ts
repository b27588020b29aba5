import { describe, expect, it } from 'vitest';
import { aliasesOf, externalIdOf, generatedId, observableId, vulnerabilityId } from './identifiers.ts';
import { isUuid } from './uuid.ts';

describe('ids', () => {
  it('are UUID version 5', () => {
    expect(isUuid(vulnerabilityId('CVE-2021-44228').slice('vulnerability--'.length))).toBe(true);
    expect(vulnerabilityId('cve-2021-44228')).toBe(vulnerabilityId('CVE-2021-44228'));
    expect(generatedId('x-redoubt-asset', 'a', 'bc')).not.toBe(generatedId('x-redoubt-asset', 'ab', 'c'));
  });

  it('are UUIDs only where RFC 4122 has such a version and variant: STIX takes no others', () => {
    expect(isUuid('7C1A5E0E-3b52-4a8b-9a56-0b8f3a2d9d02')).toBe(true);
    for (const no of [
      '7c1a5e0e-3b52-4a8b-5a56-0b8f3a2d9d02',
      '7c1a5e0e-3b52-7a8b-9a56-0b8f3a2d9d02',
      '7c1a5e0e3b524a8b9a560b8f3a2d9d02',
      '',
      7,
    ])
      expect(isUuid(no)).toBe(false);
  });

  it('of observables follow STIX 2.1', () => {
    // Two ids that OASIS' published threat report examples carry for these properties.
    expect(
      observableId({
        type: 'file',
        spec_version: '2.1',
        hashes: { MD5: '1717b7fff97d37a1e1a0029d83492de1', 'SHA-1': 'c79a326f8411e9488bdc3779753e1e3489aaedea' },
        size: 83968,
        name: 'resume.pdf',
      }),
    ).toBe('file--364fe3e5-b1f4-5ba3-b951-ee5983b3538d');
    expect(observableId({ type: 'windows-registry-key', key: 'HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\WSALG2' })).toBe(
      'windows-registry-key--16b80d14-d574-5620-abad-10ff304b1c26',
    );
    expect(observableId({ type: 'ipv4-addr', value: '198.51.100.3', labels: ['x'] })).toBe(
      observableId({ type: 'ipv4-addr', value: '198.51.100.3' }),
    );
  });

  it('take one hash, the first in the specification’s order', () => {
    const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
    expect(observableId({ type: 'file', hashes: { 'SHA-512': 'a', MD5: md5 } })).toBe(observableId({ type: 'file', hashes: { MD5: md5 } }));
  });
});

describe('externalIdOf', () => {
  const reference = (source_name: string, external_id: string) => ({ source_name, external_id });
  const object = (type: string, ...external_references: object[]) =>
    ({ type, id: `${type}--00000000-0000-4000-8000-000000000000`, external_references }) as never;

  it('finds ATT&CK, CVE and CAPEC ids', () => {
    expect(externalIdOf(object('attack-pattern', reference('capec', 'CAPEC-17'), reference('mitre-ics-attack', 'T0800')))).toBe('T0800');
    expect(externalIdOf(object('attack-pattern', reference('capec', 'CAPEC-17'), reference('ATTACK', 'T1498')))).toBe('CAPEC-17');
    expect(externalIdOf(object('x-mitre-analytic', reference('mitre-attack', 'AN0001')))).toBe('AN0001');
    expect(externalIdOf(object('vulnerability', reference('cve', 'cve-2021-44228')))).toBe('CVE-2021-44228');
    expect(externalIdOf({ type: 'vulnerability', id: 'vulnerability--x', name: ' CVE-2020-1472 ' })).toBe('CVE-2020-1472');
  });

  it('does not take a citation for an identity', () => {
    expect(externalIdOf(object('report', reference('mitre-attack', 'T1059')))).toBeUndefined();
    expect(externalIdOf(object('indicator', reference('mitre-attack', 'T1059')))).toBeUndefined();
    expect(externalIdOf({ type: 'malware', id: 'malware--x', external_references: [null, 3, 'x'] })).toBeUndefined();
  });
});

it('aliasesOf gives every other name once', () => {
  expect(
    aliasesOf({
      type: 'intrusion-set',
      id: 'intrusion-set--x',
      name: 'APT29',
      aliases: ['APT29', 'Cozy Bear', 3],
      x_mitre_aliases: ['Cozy Bear'],
    }),
  ).toEqual(['Cozy Bear']);
});
