import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Affected, judgeVersion } from './affected.ts';
import { compareVersions } from './versions.ts';

describe('ordering versions', () => {
  it.each([
    // semver.org, section 11
    [
      'semver',
      [
        '1.0.0-alpha',
        '1.0.0-alpha.1',
        '1.0.0-alpha.beta',
        '1.0.0-beta',
        '1.0.0-beta.2',
        '1.0.0-beta.11',
        '1.0.0-rc.1',
        '1.0.0',
        '1.0.1',
        '1.10.0',
        '2.0.0',
      ],
    ],
    ['custom', ['0.9', '1.0-dev', '1.0-alpha', '1.0-beta2', '1.0-rc1', '1.0', '1.0.1', '1.9', '1.10', '2']],
    ['custom', ['1.0.2-beta1', '1.0.2', '1.0.2a', '1.0.2k']],
    ['custom', ['7.0', '7.0 u1', '7.0.1']],
    ['maven', ['2.0-beta9', '2.0', '2.14.1', '2.15.0']],
    ['rpm', ['1.0~rc1-1', '1.0-1', '1.0-2', '1.0-10', '1.0a-1', '1.0.1-1', '1.1-1', '1:0.1-1']],
    ['rpm', ['2.17-325.el7_9', '2.17-326.el7_9', '2.28-1.el8']],
    ['deb', ['1.0~rc1-1', '1.0-1', '1.0-1ubuntu1', '1.0-1ubuntu1.2', '1.0+dfsg-1', '1.2-1', '2:0.1-1']],
  ])('%s %j', (kind, sorted) => {
    for (const [at, one] of sorted.entries())
      for (const [to, other] of sorted.entries())
        expect([one, other, compareVersions(one, other, kind)]).toEqual([one, other, Math.sign(at - to)]);
  });

  it.each([
    ['1.0', '1.0.0', 0],
    ['v1.2', '1.2', 0],
    ['01.2', '1.2', 0],
    ['1.0.0+build5', '1.0.0', 0],
    ['2016 CU19', '2016 cumulative', undefined],
    ['abc', '1.0', undefined],
    ['deadbeef', 'cafebabe', undefined],
    ['1.zebra', '1.quagga', undefined],
    ['1.0.2k', '1.0.2.1', undefined],
    ['9'.repeat(300), '1', undefined],
  ])('%s and %s: %s', (a, b, order) => expect(compareVersions(a, b)).toBe(order));

  it('tells nothing of two commits', () =>
    expect([compareVersions('abc1', 'def2', 'git'), compareVersions('abc1', 'abc1', 'git')]).toEqual([undefined, 0]));

  const part = fc.oneof(fc.nat(30).map(String), fc.constantFrom('alpha', 'beta', 'rc1', 'p1', 'sp2'));
  const version = fc.tuple(fc.nat(9), fc.array(part, { maxLength: 3 })).map(([first, rest]) => [first, ...rest].join('.'));
  it.each(['custom', 'semver', 'rpm', 'deb'])('%s: the order is one of both sides and carries over', (kind) => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const [ab, ba, bc, ac] = [
          compareVersions(a, b, kind),
          compareVersions(b, a, kind),
          compareVersions(b, c, kind),
          compareVersions(a, c, kind),
        ];
        expect(ba).toBe(ab === undefined ? undefined : ab === 0 ? 0 : -ab);
        expect(compareVersions(a, a, kind)).toBe(0);
        if (ab === -1 && bc === -1 && ac !== undefined) expect(ac).toBe(-1);
      }),
    );
  });
});

describe('whether a version is affected', () => {
  const log4j: Affected = {
    versions: [
      { version: '2.0-beta9', less_than: '2.15.0', status: 'affected', version_type: 'custom' },
      { version: '2.12.2', status: 'unaffected' },
    ].reverse(),
  };
  it.each([
    [log4j, '2.14.1', 'affected', 'from 2.0-beta9 before 2.15.0'],
    [log4j, '2.15.0', 'unaffected', undefined],
    [log4j, '2.12.2', 'unaffected', '2.12.2'],
    [log4j, '1.2.17', 'unaffected', undefined],
    [log4j, undefined, 'open', undefined],
    [{ versions: [{ version: '0', less_than_or_equal: '3.1', status: 'affected' }] }, '3.1.0', 'affected', 'through 3.1'],
    [{ versions: [{ version: '1.0', less_than: '*', status: 'affected' }] }, '99', 'affected', 'from 1.0 on'],
    [{ versions: [{ version: '5', status: 'unaffected' }], default_status: 'affected' }, '4', 'affected', 'every version but those listed'],
    [{ versions: [{ version: '5', status: 'unaffected' }], default_status: 'affected' }, '5', 'unaffected', '5'],
    [{ versions: [{ version: 'n/a', status: 'affected' }] }, '4', 'open', undefined],
    [{ versions: [{ version: 'all versions', status: 'affected' }] }, '4', 'affected', 'every version'],
    [{ default_status: 'affected' }, '4', 'affected', 'every version'],
    [{ default_status: 'unaffected' }, '4', 'unaffected', undefined],
    [{ versions: [{ version: '1f3', less_than: '9ab', status: 'affected', version_type: 'git' }] }, '5.4', 'open', 'from 1f3 before 9ab'],
  ] as [Affected, string | undefined, string, string | undefined][])('%j %s: %s', (affected, version, status, range) => {
    const judged = judgeVersion(affected, version);
    expect([judged.status, judged.range]).toEqual([status, range]);
  });

  it('reads open ends of a line of versions as the Linux kernel’s records write them', () => {
    const kernel: Affected = {
      default_status: 'affected',
      versions: [
        { version: '4.6', status: 'affected' },
        { version: '0', less_than: '4.6', status: 'unaffected', version_type: 'custom' },
        { version: '5.15.161', less_than_or_equal: '5.15.*', status: 'unaffected', version_type: 'custom' },
        { version: '6.9', less_than_or_equal: '*', status: 'unaffected', version_type: 'original_commit_for_fix' },
      ],
    };
    const of = (version: string) => judgeVersion(kernel, version).status;
    expect(['4.5', '4.6', '5.15.100', '5.15.161', '5.15.170', '5.16.1', '6.9', '6.10.2'].map(of)).toEqual([
      'unaffected',
      'affected',
      'affected',
      'unaffected',
      'unaffected',
      'affected',
      'unaffected',
      'unaffected',
    ]);
    expect(judgeVersion({ versions: [{ version: '5.1', less_than_or_equal: '5.1.*', status: 'affected' }] }, '5.15').status).toBe(
      'unaffected',
    );
  });

  it('follows where the status changes within a range', () => {
    const changes = [
      { at: '9.0.5', status: 'unaffected' },
      { at: '9.0.8', status: 'affected' },
    ];
    const row = { version: '9.0', less_than: '9.1', status: 'affected', changes };
    const of = (version: string) => judgeVersion({ versions: [row] }, version).status;
    expect(['9.0.4', '9.0.5', '9.0.7', '9.0.8', '9.1'].map(of)).toEqual(['affected', 'unaffected', 'unaffected', 'affected', 'unaffected']);
    const hotfixes = { ...row, less_than: '10', changes: ['9.2.7', '9.2.9'].map((at) => ({ at, status: 'unaffected' })) };
    expect(judgeVersion({ versions: [hotfixes] }, '9.2.8')).toMatchObject({ status: 'open', sure: false });
    expect(judgeVersion({ versions: [hotfixes] }, '9.2.9').status).toBe('unaffected');
  });

  it.each([
    ['>= 2.25.0, < 2.25.2', ['2.25.0', '2.25.1'], ['2.24.9', '2.25.2', '3.0']],
    ['>=1.0 <2.0', ['1.0', '1.9'], ['0.9', '2.0']],
    ['> 1.0', ['1.1'], ['1.0']],
    ['= 1.5', ['1.5.0'], ['1.4']],
    ['5.7.21 and prior', ['5.7.21', '5.6'], ['5.7.22']],
    ['Ver5.62 and earlier', ['5.62', '1.0'], ['5.63']],
    ['FortiOS 6.0.0 to 6.0.4, 5.6.0 to 5.6.8', ['6.0.4', '5.6.3'], ['6.0.5', '5.6.9', '5.4']],
    ['prior to 3.2', ['3.1'], ['3.2']],
    ['8.1.*', ['8.1', '8.1.20'], ['8.2', '8.10']],
    ['5.x', ['5.0', '5.9.1'], ['6.0', '4.9']],
  ])('understands “%s” in the place of a version', (version, inside, outside) => {
    const of = (one: string) => judgeVersion({ versions: [{ version, status: 'affected' }] }, one).status;
    expect(inside.map(of)).toEqual(inside.map(() => 'affected'));
    expect(outside.map(of)).toEqual(outside.map(() => 'unaffected'));
  });

  it('cannot tell where words stand that are none of these', () =>
    expect(judgeVersion({ versions: [{ version: 'Snapdragon 8 Gen 1 Mobile Platform', status: 'affected' }] }, '2.0')).toEqual({
      status: 'open',
      sure: false,
      range: 'Snapdragon 8 Gen 1 Mobile Platform',
    }));
});
