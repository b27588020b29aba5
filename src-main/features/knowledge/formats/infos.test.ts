import { describe, expect, it } from 'vitest';
import { formats } from './index.ts';
import { formatInfos } from './infos.ts';

describe('formats in words', () => {
  it('names each reader once, with the tools it comes from, what comes over and how files end', () => {
    const infos = formatInfos();
    expect(new Set(infos.map(({ id }) => id)).size).toBe(infos.length);
    for (const { id } of formats) {
      const info = infos.find((one) => one.id === id);
      expect(info, id).toMatchObject({ reads: true });
      expect(info?.from.length, `${id}: from`).toBeGreaterThan(0);
      expect(info?.brings, `${id}: brings`).toMatch(/^\S.{20,}\.$/s);
      expect(info?.extensions.length, `${id}: extensions`).toBeGreaterThan(0);
      for (const extension of info?.extensions ?? []) expect(extension, id).toMatch(/^[a-z0-9.]+$/);
    }
    expect(infos.find(({ id }) => id === 'csv')).toMatchObject({ reads: true, writes: true });
    expect(infos.find(({ id }) => id === 'stix2.1')).toMatchObject({ reads: false, writes: true });
  });
});
