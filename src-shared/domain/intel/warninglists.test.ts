import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressNumber, indexWarninglists, rangeOf } from './warninglists.ts';

const lists = indexWarninglists([
  {
    name: 'ranges',
    list_type: 'cidr',
    matching_attributes: ['ip-src', 'ip-dst'],
    list: ['10.0.0.0/8', '8.8.8.8', '2001:db8::/32', 'nonsense', '1.2.3.4/99'],
  },
  { name: 'sites', list_type: 'hostname', matching_attributes: ['domain', 'hostname', 'url'], list: ['example.com', '.example.net'] },
  { name: 'files', list_type: 'string', matching_attributes: ['md5', 'sha1'], list: ['D41D8CD98F00B204E9800998ECF8427E'] },
  { name: 'parts', list_type: 'substring', list: ['/cdn-cgi/'] },
  { name: 'patterns', list_type: 'regex', list: ['/^10\\.1\\./i', '(a+)+$', '['] },
  { name: 'unknown', list_type: 'something', list: ['8.8.8.8'] },
]);

describe('warninglists', () => {
  it.each([
    ['address', '10.9.8.7', ['ranges']],
    ['address', '10.1.0.1', ['ranges', 'patterns']],
    ['address', '8.8.8.8', ['ranges']],
    ['address', '8.8.8.9', []],
    ['address', '2001:db8::1', ['ranges']],
    ['domain', 'www.Example.com', ['sites']],
    ['domain', 'notexample.com', []],
    ['domain', 'a.example.net', ['sites']],
    ['url', 'https://www.example.com/x', ['sites']],
    ['url', 'https://evil.test/cdn-cgi/x', ['parts']],
    ['hash', 'd41d8cd98f00b204e9800998ecf8427e', ['files']],
    ['file', 'd41d8cd98f00b204e9800998ecf8427e', []],
    ['domain', `${'a'.repeat(40)}!`, []],
  ] as const)('%s %s: %j', (kind, value, names) => expect(lists.find(kind, value)).toEqual(names));

  it('finds an address in a range as arithmetic does', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, address, bits) => {
        const value = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
        const expected = bits === 0 || Math.floor(value(base) / 2 ** (32 - bits)) === Math.floor(value(address) / 2 ** (32 - bits));
        const one = indexWarninglists([{ name: 'r', list_type: 'cidr', list: [`${base}/${bits}`] }]);
        expect(one.find('address', address)).toEqual(expected ? ['r'] : []);
      }),
    );
  });

  it('leaves out patterns that could take for ever, and keeps those that lists have', () => {
    const value = `${'a'.repeat(200)}!`;
    for (const pattern of [
      '(a|aa)+$',
      '(a|a)*$',
      'a*a*a*a*a*$',
      '(?:a?){60}$',
      `${'a?'.repeat(100)}${'a'.repeat(100)}$`,
      '(a+)+$',
      '(a)\\1*$',
    ])
      expect(indexWarninglists([{ name: 'slow', list_type: 'regex', list: [pattern, '/^a{3,}/i'] }]).find('domain', value)).toEqual([
        'slow',
      ]);
    const phones = ['/((?:\\+|00)44)?01(13|14|15|16|17|18|21|31|41|51|61)4960([0-9]{3})/g', '/^(security|noc|soc|abuse)\\@.*\\..*$/i'];
    const kept = indexWarninglists([{ name: 'phones', list_type: 'regex', list: phones }]);
    expect([kept.find('domain', '004401134960123'), kept.find('email', 'noc@a.example')]).toEqual([['phones'], ['phones']]);
  });

  it('keeps the two families apart', () => {
    expect(rangeOf('0.0.0.0/0')?.to).toBe(0xffff_ffffn);
    expect((addressNumber('::ffff:1.2.3.4') as bigint) > 0xffff_ffffn).toBe(true);
    expect([addressNumber('1.2.3'), addressNumber('::1%eth0'), rangeOf('::/129')]).toEqual([undefined, undefined, undefined]);
  });
});
