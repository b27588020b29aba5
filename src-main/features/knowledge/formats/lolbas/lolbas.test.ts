import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readAll } from '../conformance.ts';
import type { Item } from '../format.ts';
import { lolbas } from './index.ts';

// No file of the project is at hand: the fixtures are written after its published YML template and the members of api/lolbas.json.
const read = async (name: string, over = {}): Promise<Item[]> => {
  const items = await readAll(lolbas, name, new Uint8Array(await readFile(new URL(`./fixtures/${name}`, import.meta.url))), over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objectsOf = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const saidOf = (items: readonly Item[]) =>
  items.flatMap((item) => (item.kind === 'object' ? [] : [`${item.kind} ${item.path}: ${item.kind === 'loss' ? item.what : item.reason}`]));
const known: Record<string, string> = {
  T1218: 'attack-pattern--00000000-0000-4000-8000-000000000001',
  T1105: 'attack-pattern--00000000-0000-4000-8000-000000000002',
};
const attack = { findByExternalId: (id: string) => (Object.hasOwn(known, id) ? known[id] : undefined) };

it('makes a tool of a YAML entry, with all that it says', async () => {
  const items = await read('example.yml', attack);
  expect(objectsOf(items)[0]).toMatchObject({
    type: 'tool',
    name: 'Example.exe',
    description: 'Opens examples <b>and more</b>',
    aliases: ['Exmpl.exe'],
    labels: ['lolbas'],
    external_references: [{ source_name: 'lolbas', url: 'https://blog.example/example' }],
    x_redoubt_lolbas: {
      full_paths: ['C:\\Windows\\System32\\example.exe', 'C:\\Windows\\SysWOW64\\example.exe'],
      detections: [{ Sigma: 'https://rules.example/example.yml' }, { IOC: 'Example.exe making network connections' }],
      acknowledgements: [{ Person: 'A. Finder', Handle: '@finder' }],
      author: 'By hand',
      other: { AddedLater: 'kept' },
    },
  });
  const { commands } = (objectsOf(items)[0]?.['x_redoubt_lolbas'] ?? {}) as { commands?: unknown[] };
  expect(commands).toHaveLength(3);
  expect(objectsOf(items).slice(1)).toMatchObject([
    { relationship_type: 'uses', target_ref: known['T1218'], description: 'Run a program past an allow list' },
    { relationship_type: 'uses', target_ref: known['T1105'], x_redoubt_lolbas: { commands: ['example.exe /get {REMOTEURL}'] } },
  ]);
  expect(saidOf(items)).toEqual([
    'loss entry.Commands[2].MitreID: “none” is no technique of ATT&CK; kept in x_redoubt_lolbas only',
    'loss entry.Resources: 1 that are no addresses; left out',
  ]);
});

it('reads the list of the API, each use of a technique once', async () => {
  const items = await read('api.json');
  expect(objectsOf(items).map(({ type, name, relationship_type }) => name ?? relationship_type ?? type)).toEqual([
    'Sample.exe',
    'T1564.004',
    'uses',
  ]);
  expect(objectsOf(items)[2]).toMatchObject({ description: 'Hide a file\nHide another' });
  expect(saidOf(items)).toEqual([
    'rejected [1]: Sample.exe already stands at [0]; the first one is kept',
    'rejected [2]: Name: an entry without one',
    'rejected [3]: not an entry of LOLBAS',
    'loss : 1 technique is not in this workspace and stands by id and name only; import ATT&CK first to join it',
  ]);
});

it('does not follow a billion laughs', async () => {
  const bomb = `Name: a\nCommands: &a [x,x]\n${Array.from({ length: 12 }, (_, n) => `L${n}: &b${n} [${`*${n === 0 ? 'a' : `b${n - 1}`},`.repeat(9)}]`).join('\n')}\n`;
  expect(await readAll(lolbas, 'bomb', new TextEncoder().encode(bomb))).toMatchObject({ failed: expect.stringMatching(/holds no entry/) });
});
