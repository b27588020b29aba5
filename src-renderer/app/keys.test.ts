// @vitest-environment node
import { expect, it } from 'vitest';
import { actionOf, keyLabel, keyOf } from '#renderer/ui/keys.ts';
import { graphKeys } from '#renderer/features/knowledge/graph/graph-keys.ts';
import { views } from './features.ts';
import { goKeys, keyGroups } from './keys.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

it('names a key the same with Cmd, Ctrl, Shift or Caps Lock', () => {
  expect(keyOf(press('K', { metaKey: true }))).toBe('Ctrl+k');
  expect(keyOf(press(' '))).toBe('Space');
  expect(keyOf(press('F'))).toBe('f');
  expect([keyLabel('Ctrl+k'), keyLabel('ArrowLeft'), keyLabel('f')]).toEqual(['Ctrl K', '←', 'f']);
});

it('finds what a key does in its table, and nothing with Ctrl held', () => {
  expect(actionOf(graphKeys, press('E'))).toBe('expand');
  expect(actionOf(graphKeys, press('e', { ctrlKey: true }))).toBeUndefined();
});

it.each(keyGroups.map((group) => [group.title, group] as const))('%s: no key means two things', (_title, { rows }) => {
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});

it('every view of the rail has a letter, and a letter alone takes no key of everywhere', () => {
  expect(views.filter(({ group, letter }) => group && !letter)).toEqual([]);
  expect(goKeys.every(({ key }) => key.length === 1)).toBe(true);
});
