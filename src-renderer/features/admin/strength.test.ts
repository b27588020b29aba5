import { expect, it } from 'vitest';
import { strength } from './strength.ts';

it.each([
  ['short', 0],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', 1],
  ['password123', 1],
  ['hospital9', 1],
  ['correct horse battery staple', 4],
] as const)('%s is %i', (passphrase, expected) => {
  expect(strength(passphrase)).toBe(expected);
});

it('does not fall when a passphrase grows by new letters', () => {
  let last = 0;
  for (let length = 8; length <= 26; length++) {
    const now = strength('abdcfehgjilknmporqtsvuxwzy'.slice(0, length));
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});
