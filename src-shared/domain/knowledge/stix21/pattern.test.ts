import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPattern } from './index.ts';

const good = [
  "[ipv4-addr:value = '198.51.100.1']",
  "[ipv4-addr:value = '198.51.100.1' OR ipv4-addr:value = '203.0.113.33' OR ipv6-addr:value = '::1']",
  "[file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f' AND file:size > 25]",
  "[file:name = 'it\\'s \\\\ here']",
  "[email-message:from_ref.value MATCHES '.+@x\\\\.example$' AND email-message:body_multipart[*].body_raw_ref.name = 'a']",
  "[file:extensions.'windows-pebinary-ext'.sections[0].entropy > 7.0]",
  '[process:pid IN (1, 2, -3, +4)] REPEATS 5 TIMES WITHIN 1800.5 SECONDS',
  "([file:name = 'a'] AND [file:name = 'b']) FOLLOWEDBY [url:value LIKE 'http%'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00.5Z'",
  "[network-traffic:dst_ref.value ISSUBSET '198.51.100.0/24' AND network-traffic:src_port NOT = 443]",
  "[(file:name = 'a' OR directory:path = 'b') AND (directory:path = 'c' OR mutex:name = 'd')]",
  '[EXISTS windows-registry-key:values[1]] // the end\n /* really */',
  "[artifact:payload_bin = b'aGk=' OR file:magic_number_hex = h'4d5a' OR user-account:is_disabled = true]",
  "[file:ctime >= t'2026-01-31T00:00:00Z']",
  '[x-own-thing:a_b.c != 1]',
  '[a:b == 1 OR a:b <> 0.5 OR a:b <= .5 OR a:b IN ()]',
];

const bad: [string, RegExp][] = [
  ['', /ends where \[ or \(/],
  ['file', /“file” stands/],
  ['[]', /a type and a property/],
  ["[file:name = 'a'", /ends where \] is expected/],
  ["[file:name = 'a']]", /stands where AND/],
  ["file:name = 'a'", /\[ or \(/],
  ["[file = 'a']", /: is expected/],
  ["[file:name 'a']", /an operator/],
  ['[file:name = "a"]', /“"” is not expected/],
  ["[file:name = 'a]", /does not end/],
  ["[file:name = 'c:\\x']", /backslash/],
  ['[file:name =]', /a value is expected/],
  ['[file:name LIKE 5]', /a string is expected/],
  ['[file:size > true]', /a value is expected/],
  ["[file:name = 'a' and file:size = 1]", /“and” stands/],
  ["[file:name = 'a' AND]", /a type and a property/],
  ["[file:hashes.SHA-256 = 'a']", /in quotes/],
  ["[file:x[a] = 'a']", /an index/],
  ["[file:name = 'a'] WITHIN 0 SECONDS", /above 0/],
  ["[file:name = 'a'] WITHIN 5", /SECONDS is expected/],
  ["[file:name = 'a'] REPEATS 1.5 TIMES", /whole number/],
  ["[file:name = 'a'] START '2026-01-01' STOP t'2026-01-02T00:00:00Z'", /a timestamp/],
  ["[file:name = 'a'] START t'2026-02-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'", /not later/],
  ["[file:ctime = t'2026-13-01T00:00:00Z']", /no timestamp literal/],
  ["[file:x = h'abc']", /no hexadecimal/],
  ["[file:x = b'a']", /no base64/],
  ['[file:size = 007]', /leading zero/],
  ["[file:name IN ('a' 'b')]", /\) is expected/],
  ["[file:name = 'a'] OR", /\[ or \(/],
  ['[file:name = ’a’]', /“’” is not expected/],
  ["/* [file:name = 'a']", /comment/],
  ['SELECT * FROM files', /“SELECT”/],
];

describe('STIX patterns', () => {
  it.each(good)('%s is one', (pattern) => expect(checkPattern(pattern)).toEqual({}));
  it.each(bad)('%s is none', (pattern, reason) => expect(checkPattern(pattern).fault?.reason).toMatch(reason));

  it('remarks on AND between types that no object can be at once', () => {
    expect(checkPattern("[url:value = 'a' AND file:name = 'b']").remark?.at).toBe(17);
    expect(checkPattern("[url:value = 'a' OR file:name = 'b'] AND [url:value = 'a']").remark).toBeUndefined();
  });

  it('answers anything, and soon', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '[',
            ']',
            '(',
            ')',
            "'a'",
            'a:b',
            '=',
            'AND',
            'OR',
            '1',
            '\\',
            "'",
            '/*',
            '*/',
            '//',
            't',
            '.',
            ' ',
            'WITHIN',
            'NOT',
          ),
          { maxLength: 60 },
        ),
        (parts) => {
          const { fault } = checkPattern(parts.join(''));
          if (fault) expect(fault.at).toBeLessThanOrEqual(parts.join('').length);
        },
      ),
      { numRuns: 3000 },
    );
    for (const hostile of [
      '('.repeat(300_000),
      `[${'('.repeat(300_000)}`,
      `[a:b = '${'\\\\'.repeat(300_000)}`,
      `${'[a:b = 1] AND '.repeat(50_000)}[a:b = 1]`,
      `[a:b = 1${' '.repeat(500_000)}`,
      '/*'.repeat(200_000),
      `[a:b = ${'1'.repeat(300_000)}`,
      `[${'a-'.repeat(200_000)}`,
    ])
      checkPattern(hostile);
    expect(checkPattern('('.repeat(300_000)).fault?.reason).toMatch(/100 levels/);
    expect(checkPattern(`${'[a:b = 1] AND '.repeat(50_000)}[a:b = 1]`)).toEqual({});
  });

  it('finds every cut of a valid pattern', () => {
    const pattern = "[file:name = 'a' AND file:size IN (1, 2)] REPEATS 2 TIMES";
    for (let end = 1; end < pattern.length; end++)
      expect(checkPattern(pattern.slice(0, end)).fault === undefined, pattern.slice(0, end)).toBe(end === 41 || end === 42);
  });
});
