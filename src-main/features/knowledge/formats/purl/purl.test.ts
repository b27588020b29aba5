import { describe, expect, it } from 'vitest';
import { canonicalPurl } from './purl.ts';

describe('the canonical form of a package URL', () => {
  it.each([
    ['pkg:NPM/%40angular/animation@12.3.1', 'pkg:npm/%40angular/animation@12.3.1'],
    ['pkg:deb/debian/curl@7.50.3-1?distro=jessie&arch=i386', 'pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie'],
    ['npm/left-pad', undefined],
    // Found by 10,000 mutated ones: what the library wrote it did not read again as the same.
    ['pkg:golan+1g/ions', undefined],
    [`pkg:npm/a@1#${'['.repeat(1900)}`, undefined],
  ])('%s: %s', (text, form) => {
    expect(canonicalPurl(text)).toBe(form);
    if (form !== undefined) expect(canonicalPurl(form)).toBe(form);
  });
});
