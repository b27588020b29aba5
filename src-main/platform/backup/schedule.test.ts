import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSchedule } from './schedule.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('looks a while after opening and then now and then, makes what is due, and stops with the workspace', () => {
  const wanted: { due?: string } = {};
  const made: string[] = [];
  let looks = 0;
  const schedule = createSchedule<string>({
    due: () => {
      looks++;
      return wanted.due;
    },
    make: (reason) => void made.push(reason),
    firstAfterMs: 1000,
    everyMs: 5000,
  });
  schedule.start();
  vi.advanceTimersByTime(999);
  expect(looks).toBe(0);
  vi.advanceTimersByTime(1);
  expect([looks, made]).toEqual([1, []]);
  wanted.due = 'daily';
  vi.advanceTimersByTime(5000);
  expect(made).toEqual(['daily']);
  schedule.stop();
  vi.advanceTimersByTime(60_000);
  expect(looks).toBe(2);
  schedule.start();
  schedule.start();
  vi.advanceTimersByTime(1000);
  expect(looks).toBe(3);
});
