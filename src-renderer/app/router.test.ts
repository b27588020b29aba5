import { describe, expect, it } from 'vitest';
import { readRoute } from './router.ts';

describe('readRoute', () => {
  it.each(['', '#', '#/'])('%j is the overview', (hash) => {
    expect(readRoute(hash).name).toBe('home');
  });
  it('reads view, rest and query', () => {
    const route = readRoute('#/entity/malware--1%2F2?tab=raw&types=a&types=b');
    expect(route.name).toBe('entity');
    expect(route.rest).toEqual(['malware--1/2']);
    expect(route.query.getAll('types')).toEqual(['a', 'b']);
  });
  it('survives broken escapes', () => {
    expect(readRoute('#/entity/%E0%A4%A').rest).toEqual(['%E0%A4%A']);
  });
});
