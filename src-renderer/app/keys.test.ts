// @vitest-environment node
import { expect, it } from 'vitest';
import { listAct, listKeys } from '#renderer/ui/list-keys.ts';
import { actionOf, keyLabel, keyOf } from '#renderer/ui/keys.ts';
import { graphKeys } from '#renderer/features/knowledge/graph/graph-keys.ts';
import { places } from './places.ts';
import { globalKeys, goKeys, keyGroups } from './keys.ts';

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
  expect(places.filter(({ group, letter }) => group && !letter)).toEqual([]);
  expect(goKeys.every(({ key }) => key.length === 1)).toBe(true);
});

it('no plain key of a place means another thing everywhere, so that one never hides the other', () => {
  const everywhere = new Set(globalKeys.map(({ key }) => key));
  for (const { title, rows, before } of keyGroups.filter(({ title }) => title !== 'help.everywhere'))
    if (before === undefined) expect([title, rows.filter(({ key }) => everywhere.has(key))]).toEqual([title, []]);
});

it('every list knows its keys by the table that the map prints', () => {
  expect(listKeys.map(({ key, act }) => [listAct(press(key === 'Space' ? ' ' : key)), act])).toEqual(listKeys.map(({ act }) => [act, act]));
  expect(listAct(press('ArrowDown', { altKey: true }))).toBeUndefined();
});
