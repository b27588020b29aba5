import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Affected, judgeVersion } from './affected.ts';
import { compareCpe, parseCpe, plainValue } from './cpe.ts';
import { indexSoftware, type SoftwareItem } from './match-software.ts';
import { decide, decisions, grades, priorityNumber } from './priority.ts';
import { parsePurl, productFrom, productKey, vendorKey } from './products.ts';
import { countryOf, sectorOf } from './sectors.ts';

const items = (...texts: string[]): SoftwareItem[] => texts.map((text, key) => ({ key, ...productFrom(text) }));
const said = (software: SoftwareItem[], affected: Affected[], kev?: { vendor: string; product: string }) =>
  indexSoftware(software)
    .match({ affected, kev })
    .sort((a, b) => a.item.key - b.item.key)
    .map(({ item, rule, grade, range, doubt }) => [item.key, rule, grade, range, doubt].filter((part) => part !== undefined).join(' '));

const before = (less_than: string, version_type = 'semver') => [{ version: '0', less_than, status: 'affected', version_type }];

describe('software and records', () => {
  const nginx = 'cpe:2.3:a:f5:nginx:1.24.0:*:*:*:*:*:*:*';
  it.each([
    [
      'a CPE and a range',
      [nginx],
      [{ cpes: ['cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*'], versions: before('1.25.0') }],
      ['0 cpe certain before 1.25.0'],
    ],
    ['a CPE and a range that ended', [nginx], [{ cpes: ['cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*'], versions: before('1.24.0') }], []],
    ['the very CPE', [nginx], [{ cpes: [nginx] }], ['0 cpe certain 1.24.0']],
    ['the CPE of the version that mends it, as Microsoft writes it', [nginx], [{ cpes: [nginx], versions: before('1.24.0') }], []],
    [
      'a CPE that the versions do not list',
      [nginx],
      [{ cpes: [nginx], versions: [{ version: '1.20.0', status: 'affected' }] }],
      ['0 cpe possible 1.24.0 disagree'],
    ],
    [
      'the Linux kernel by its own name',
      ['cpe:2.3:o:linux:linux_kernel:5.15.100:*:*:*:*:*:*:*'],
      [{ vendor: 'Linux', product: 'Linux', versions: [{ version: '5.15', less_than: '5.15.161', status: 'affected' }] }],
      ['0 name possible from 5.15 before 5.15.161 name'],
    ],
    [
      'another version’s CPE',
      [nginx],
      [{ cpes: [nginx.replace('1.24.0', '1.23.0')], versions: [{ version: '1.23.0', status: 'affected' }] }],
      [],
    ],
    [
      'a CPE for another target',
      ['cpe:2.3:a:f5:nginx:1.24.0:*:*:*:*:node.js:*:*'],
      [{ cpes: ['cpe:2.3:a:f5:nginx:*:*:*:*:*:python:*:*'], versions: before('2.0.0') }],
      [],
    ],
    [
      'no version here',
      ['cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*'],
      [{ cpes: ['cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*'], versions: before('1.25.0') }],
      ['0 cpe possible no-version'],
    ],
    [
      'a range of unknown order',
      [nginx],
      [
        {
          cpes: ['cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*'],
          versions: [{ version: '1f', less_than: '9a', status: 'affected', version_type: 'git' }],
        },
      ],
      ['0 cpe unsure from 1f before 9a order'],
    ],
    ['a CPE that holds for any product', [nginx], [{ cpes: ['cpe:2.3:a:*:*:*:*:*:*:*:*:*:*', 'cpe:2.3:a:f5:*:*:*:*:*:*:*:*:*'] }], []],
    ['names', [nginx], [{ vendor: 'F5, Inc.', product: 'NGINX', versions: before('1.25.0') }], ['0 name possible before 1.25.0 name']],
    [
      'names with a vendor in front',
      ['Apache Log4j 2.14.1'],
      [{ vendor: 'Apache Software Foundation', product: 'Apache Log4j', versions: before('2.15.0') }],
      ['0 name possible before 2.15.0 name'],
    ],
    ['names that say nothing', ['n/a 1.0'], [{ vendor: 'n/a', product: 'n/a', versions: before('2.0.0') }], []],
    [
      'a package',
      ['pkg:npm/lodash@4.17.20'],
      [{ package: 'pkg:npm/lodash', versions: before('4.17.21') }],
      ['0 purl certain before 4.17.21'],
    ],
    ['a package of another kind', ['pkg:pypi/lodash@4.17.20'], [{ package: 'pkg:npm/lodash', versions: before('4.17.21') }], []],
    [
      'a namespaced package',
      ['pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1'],
      [{ package: 'pkg:maven/org.apache.logging.log4j/log4j-core', versions: before('2.15.0', 'maven') }],
      ['0 purl certain before 2.15.0'],
    ],
  ] as [string, string[], Affected[], string[]][])('%s', (_about, software, affected, expected) =>
    expect(said(items(...software), affected)).toEqual(expected),
  );

  it('takes CISA’s names as possible, and only where no record says more', () => {
    const kev = { vendor: 'Fortinet', product: 'FortiOS and FortiProxy' };
    expect(said(items('cpe:2.3:o:fortinet:fortios:7.0.8:*:*:*:*:*:*:*'), [], kev)).toEqual(['0 kev possible no-range']);
    expect(
      said(
        items('cpe:2.3:o:fortinet:fortios:7.0.8:*:*:*:*:*:*:*'),
        [{ vendor: 'Fortinet', product: 'FortiOS', versions: before('7.0.1') }],
        kev,
      ),
    ).toEqual([]);
    expect(said(items('Windows 10'), [], { vendor: 'Microsoft', product: 'Multiple Products' })).toEqual([]);
  });

  it('is the same as asking every piece of software about every row', () => {
    const vendor = fc.constantFrom('acme', 'umbrella');
    const product = fc.constantFrom('door', 'window');
    const version = fc.constantFrom('1.0', '1.5', '2.0', '*');
    const software = fc.array(fc.tuple(vendor, product, version), { maxLength: 8 });
    const row = fc.tuple(vendor, product, fc.constantFrom('1.2', '1.5', '3.0'), version);
    fc.assert(
      fc.property(software, fc.array(row, { maxLength: 6 }), (made, rows) => {
        const own = made.map(([v, p, x], key) => ({ key, ...productFrom(`cpe:2.3:a:${v}:${p}:${x}:*:*:*:*:*:*:*`) }));
        const affected = rows.map(
          ([v, p, upper, x]): Affected => ({ cpes: [`cpe:2.3:a:${v}:${p}:${x}:*:*:*:*:*:*:*`], versions: before(upper) }),
        );
        const brute = own.filter((item) =>
          affected.some((one) => {
            const cpe = parseCpe(one.cpes?.[0] ?? '');
            if (!cpe || !item.cpe || plainValue(cpe.vendor) !== item.vendor || plainValue(cpe.product) !== item.name) return false;
            if (cpe.version !== '*') {
              // The version that mends it is not affected by its own CPE name.
              if (['equal', 'superset'].includes(compareCpe(cpe, item.cpe))) return one.versions?.[0]?.less_than !== item.version;
              if (item.cpe.version === '*') return true;
              if (compareCpe(cpe, item.cpe) === 'disjoint') return false;
            }
            return judgeVersion(one, item.version).status !== 'unaffected';
          }),
        );
        const found = indexSoftware(own).match({ affected });
        expect(found.map(({ item }) => item.key).sort()).toEqual(brute.map(({ key }) => key).sort());
      }),
    );
  });

  it('says the same in whatever order the rows come', () => {
    const row = fc.record({
      vendor: fc.constantFrom('acme', 'Acme Inc'),
      product: fc.constantFrom('Door', 'Window'),
      upper: fc.constantFrom('1.2', '3.0'),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
        const affected = rows.map(({ vendor, product, upper }): Affected => ({ vendor, product, versions: before(upper) }));
        const own = items('acme Door 1.0', 'cpe:2.3:a:acme:window:1.0:*:*:*:*:*:*:*');
        expect(said(own, affected)).toEqual(said(own, [...affected].reverse()));
      }),
    );
  });

  it('reads names as they are written', () => {
    expect([vendorKey('The Apache Software Foundation'), vendorKey('apache'), vendorKey('Software')]).toEqual([
      'apache',
      'apache',
      'software',
    ]);
    expect(productKey('Éditeur (x86) 2')).toBe('editeur2');
    expect(parsePurl('pkg:pypi/Foo_Bar@1%2B2?x=1#y')).toEqual({ name: 'pypi/foo-bar', version: '1+2' });
    expect(parsePurl('pkg:npm/%40scope/a@1')).toEqual({ name: 'npm/@scope/a', version: '1' });
    expect(productFrom('Log4j 2.14.1')).toEqual({ name: 'Log4j', version: '2.14.1' });
  });
});

describe('priority', () => {
  const all = (['none', 'poc', 'active'] as const).flatMap((exploitation) =>
    (['isolated', 'internal', 'internet'] as const).flatMap((exposure) =>
      [false, true].flatMap((automatable) => [2, 3, 4, 5].map((criticality) => ({ exploitation, exposure, automatable, criticality }))),
    ),
  );
  it('is SSVC’s deployer tree: as many of each outcome, and never less urgent when anything gets worse', () => {
    const counts = decisions.map((decision) => all.filter((one) => decide(one) === decision).length);
    expect(counts).toEqual([7, 42, 20, 3]);
    const rank = (one: (typeof all)[number]) => decisions.indexOf(decide(one));
    for (const one of all) {
      if (one.criticality < 5) expect(rank({ ...one, criticality: one.criticality + 1 })).toBeGreaterThanOrEqual(rank(one));
      expect(rank({ ...one, automatable: true })).toBeGreaterThanOrEqual(rank(one));
      expect(rank({ ...one, exploitation: 'active' })).toBeGreaterThanOrEqual(rank(one));
      expect(rank({ ...one, exposure: 'internet' })).toBeGreaterThanOrEqual(rank(one));
    }
    expect(decide({ exploitation: 'active', exposure: undefined, automatable: undefined, criticality: 5 })).toBe('immediate');
  });

  it('orders by its parts, one after the other', () => {
    const parts = fc.record({
      decision: fc.constantFrom(...decisions),
      grade: fc.constantFrom(...grades),
      kev: fc.boolean(),
      ransomware: fc.boolean(),
      cvss: fc.option(
        fc.integer({ min: 0, max: 100 }).map((score) => score / 10),
        { nil: undefined },
      ),
      criticality: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const listed = ({ decision, grade, kev, ransomware, cvss, criticality }: typeof a) => [
          decisions.indexOf(decision),
          -grades.indexOf(grade),
          Number(kev),
          Number(ransomware),
          cvss ?? 0,
          criticality ?? 0,
        ];
        const [left, right] = [listed(a), listed(b)];
        const at = left.findIndex((value, index) => value !== right[index]);
        const expected = at < 0 ? 0 : Math.sign((left[at] as number) - (right[at] as number));
        expect(Math.sign(priorityNumber(a) - priorityNumber(b))).toBe(expected);
      }),
    );
  });
});

describe('sectors and countries', () => {
  it.each([
    ['Hospitals', 'healthcare'],
    ['Health sector', 'healthcare'],
    ['Finance', 'financial-services'],
    ['Private sector', undefined],
    ['Oil & Gas', 'energy'],
    ['telecom', 'telecommunications'],
  ])('%s is %s', (name, sector) => expect(sectorOf(name)).toBe(sector));
  it.each([
    ['GB', 'GB'],
    ['uk', 'GB'],
    ['United Kingdom', 'GB'],
    ['USA', 'US'],
    ['Germany', 'DE'],
    ['Middle East', undefined],
    ['ZZ', undefined],
    ['Korea, Republic of', undefined],
  ])('%s is %s', (name, code) => expect(countryOf(name)).toBe(code));
});
