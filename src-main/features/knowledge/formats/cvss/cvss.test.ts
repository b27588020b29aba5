import { expect, it } from 'vitest';
import { scoreOf, severityOf } from './index.ts';

// Scores as FIRST's examples and the CVE list give them.
it.each([
  ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', '3.1', 10, 'critical'],
  ['CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N', '3.1', 0, 'none'],
  ['CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', '3.0', 6.1, 'medium'],
  ['AV:N/AC:L/Au:N/C:C/I:C/A:C', '2.0', 10, 'high'],
  ['(AV:L/AC:H/Au:N/C:N/I:N/A:P)', '2.0', 1.2, 'low'],
  ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', '4.0', 9.3, 'critical'],
])('%s', (vector, version, base_score, severity) => {
  expect(scoreOf(vector)).toMatchObject({ version, base_score, severity });
});

it('gives the base score, whatever temporal, threat and environmental metrics follow', () => {
  for (const [base, more] of [
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', '/E:U/RL:O/RC:U/CR:L'],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', '/E:U/CR:L/MAV:P'],
    ['AV:N/AC:L/Au:N/C:P/I:P/A:P', '/E:U/RL:OF/RC:UC'],
  ] as const)
    expect(scoreOf(base + more)?.base_score).toBe(scoreOf(base)?.base_score);
});

it.each([
  '',
  'CVSS:3.1/AV:N',
  'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X',
  'CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  'CVSS:3.1/__proto__:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
  `CVSS:3.1${'/AV:N'.repeat(10_000)}`,
  '9.8',
])('is not taken in by %.40s', (vector) => {
  expect(scoreOf(vector)).toBeUndefined();
});

it('names the standards’ ranges', () => {
  expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10].map((score) => severityOf(score, '3.1'))).toEqual(
    'none low low medium medium high high critical critical'.split(' '),
  );
  expect([0, 3.9, 4, 6.9, 7, 10].map((score) => severityOf(score, '2.0'))).toEqual('low low medium medium high high'.split(' '));
});
