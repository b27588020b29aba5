import { generatedId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { uriOf } from '../linked.ts';
import type { NamedObjects } from '../named-objects.ts';

const handled = new Set(
  'Name Description Aliases Author Created Commands Full_Path Code_Sample Detection Resources Acknowledgement url'.split(' '),
);
const mostCommands = 500;

export interface Reading {
  readonly names: NamedObjects;
  /** Name of the binary -> path. */
  readonly seen: Map<string, string>;
}

export function looksLikeEntry(value: Json | undefined): value is JsonObject {
  return isObject(value) && textIn(value, 'Name') !== undefined && Array.isArray(value['Commands']);
}

/**
 * One entry of LOLBAS as a tool, and its use of each technique that its commands carry a MitreID of. Members as in the
 * project's YML template (Name, Commands[].{Command, Usecase, Category, Privileges, MitreID, OperatingSystem}, …).
 */
export function* fromEntry({ names, seen }: Reading, raw: Json | undefined, path: string): Iterable<Item> {
  const name = isObject(raw) ? textIn(raw, 'Name')?.trim() : undefined;
  if (!isObject(raw) || !name) {
    yield { kind: 'rejected', path, reason: isObject(raw) ? 'Name: an entry without one' : 'not an entry of LOLBAS' };
    return;
  }
  const earlier = seen.get(name.toLowerCase());
  if (earlier !== undefined) {
    yield {
      kind: 'rejected',
      id: name.slice(0, 100),
      path,
      reason: `${name.slice(0, 100)} already stands at ${earlier}; the first one is kept`,
    };
    return;
  }
  seen.set(name.toLowerCase(), path);
  const losses: Item[] = [];
  const lose = (at: string, what: string) => losses.push({ kind: 'loss', id: name.slice(0, 100), path: `${path}.${at}`, what });
  const id = generatedId('tool', 'lolbas', name.toLowerCase());
  const commands: JsonObject[] = [];
  const uses = new Map<string, { readonly at: string; readonly commands: JsonObject[] }>();
  for (const [index, entry] of listIn(raw, 'Commands').entries()) {
    const at = `Commands[${index}]`;
    if (!isObject(entry) || commands.length >= mostCommands) {
      lose(at, isObject(entry) ? `more than ${mostCommands} commands; left out` : 'not a command; left out');
      continue;
    }
    const command = Object.fromEntries(
      Object.entries(entry).flatMap(([key, value]) => (value === null ? [] : [[key.toLowerCase(), value]])),
    );
    commands.push(command);
    const technique = textIn(entry, 'MitreID')?.trim();
    if (technique === undefined) continue;
    const target = /^T\d{4}(?:\.\d{3})?$/.test(technique) ? names.find(technique) : undefined;
    if (target === undefined) lose(`${at}.MitreID`, `“${technique.slice(0, 60)}” is no technique of ATT&CK; kept in x_redoubt_lolbas only`);
    else uses.set(target, { at, commands: [...(uses.get(target)?.commands ?? []), command] });
  }
  yield { kind: 'object', object: toolOf(raw, id, name, commands, lose), path, stamp: true, merge: true };
  yield* names.take(path);
  for (const [target, { at, commands: how }] of uses)
    yield { kind: 'object', object: usesOf(id, target, how), path: `${path}.${at}`, stamp: true };
  yield* losses;
}

function toolOf(
  raw: JsonObject,
  id: string,
  name: string,
  commands: readonly JsonObject[],
  lose: (at: string, what: string) => void,
): StixObject {
  const description = textIn(raw, 'Description')?.trim();
  const aliases = listIn(raw, 'Aliases').flatMap((one) => textsOf(one, ['Alias']));
  const resources = listIn(raw, 'Resources').flatMap((one) => textsOf(one, ['Link', 'link']));
  const urls = [...new Set([textIn(raw, 'url'), ...resources].flatMap((url) => (url === undefined ? [] : (uriOf(url) ?? []))))];
  const unread = resources.filter((url) => uriOf(url) === undefined);
  if (unread.length > 0) lose('Resources', `${unread.length} that are no addresses; left out`);
  const others = Object.entries(raw).filter(([key, value]) => !handled.has(key) && value !== null && value !== '');
  const list = (as: string, values: readonly Json[]): JsonObject => (values.length > 0 ? { [as]: [...values] } : {});
  return {
    type: 'tool',
    spec_version: '2.1',
    id,
    name: name.slice(0, 1000),
    ...(description ? { description } : {}),
    ...list('aliases', [...new Set(aliases)]),
    tool_types: ['exploitation'],
    labels: ['lolbas'],
    ...list(
      'external_references',
      urls.slice(0, 200).map((url) => ({ source_name: 'lolbas', url })),
    ),
    x_redoubt_lolbas: {
      ...list('commands', commands),
      ...list(
        'full_paths',
        listIn(raw, 'Full_Path').flatMap((one) => textsOf(one, ['Path'])),
      ),
      ...list('detections', listIn(raw, 'Detection').filter(isObject)),
      ...list(
        'code_samples',
        listIn(raw, 'Code_Sample').flatMap((one) => textsOf(one, ['Code'])),
      ),
      ...list('acknowledgements', listIn(raw, 'Acknowledgement').filter(isObject)),
      ...(textIn(raw, 'Author') ? { author: textIn(raw, 'Author') as string } : {}),
      ...(textIn(raw, 'Created') ? { created: textIn(raw, 'Created') as string } : {}),
      ...(others.length > 0 ? { other: Object.fromEntries(others) } : {}),
    },
  };
}

/** A text, or the member of an object that holds one. */
function textsOf(value: Json, members: readonly string[]): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  return isObject(value) ? members.flatMap((name) => textIn(value, name)?.trim() || []) : [];
}

function usesOf(tool: string, technique: string, commands: readonly JsonObject[]): StixObject {
  const cases = [...new Set(commands.flatMap((command) => textIn(command, 'usecase') ?? textIn(command, 'description') ?? []))];
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId('uses', tool, technique),
    relationship_type: 'uses',
    source_ref: tool,
    target_ref: technique,
    ...(cases.length > 0 ? { description: cases.join('\n').slice(0, 20_000) } : {}),
    x_redoubt_lolbas: { commands: commands.flatMap((command) => textIn(command, 'command') ?? []) },
  };
}
