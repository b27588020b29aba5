import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';

/** Properties that the page shows in places of their own, or that only machines read. */
const elsewhere = new Set([
  'type',
  'id',
  'spec_version',
  'name',
  'description',
  'external_references',
  'object_marking_refs',
  'granular_markings',
  'created',
  'modified',
  'revoked',
  'aliases',
  'x_mitre_aliases',
  'extensions',
  'x_mitre_deprecated',
  'x_mitre_attack_spec_version',
  'x_mitre_modified_by_ref',
  'x_mitre_domains',
  'x_mitre_contributors',
  'tags',
  'lang',
]);

export type FactValue =
  | { kind: 'text'; text: string }
  | { kind: 'time'; iso: string }
  | { kind: 'truth'; value: boolean }
  | { kind: 'number'; value: number }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'references'; ids: readonly string[] }
  | { kind: 'json'; value: Json };

export interface Fact {
  readonly property: string;
  readonly value: FactValue;
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const id = /^[a-z0-9][a-z0-9-]+--[0-9a-f-]{36}$/i;

/** The properties of an object worth a line in the table of facts, in the object's order. */
export function readFacts(object: JsonObject): Fact[] {
  return Object.entries(object)
    .filter(
      ([property, value]) => !elsewhere.has(property) && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
    )
    .map(([property, value]) => ({ property, value: property === 'kill_chain_phases' ? phases(value) : readValue(value) }));
}

export function readValue(value: Json): FactValue {
  if (typeof value === 'boolean') return { kind: 'truth', value };
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'string') {
    if (time.test(value)) return { kind: 'time', iso: value };
    return id.test(value) ? { kind: 'references', ids: [value] } : { kind: 'text', text: value };
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    const items = value as string[];
    return items.every((item) => id.test(item)) ? { kind: 'references', ids: items } : { kind: 'list', items };
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return { kind: 'list', items: value.map(String) };
  return { kind: 'json', value };
}

/** Kill-chain phases by their names; the chain is named where it is not ATT&CK's. */
function phases(value: Json): FactValue {
  if (!Array.isArray(value)) return { kind: 'json', value };
  const items: string[] = [];
  for (const phase of value) {
    if (typeof phase !== 'object' || phase === null || Array.isArray(phase)) continue;
    const { kill_chain_name: chain, phase_name: name } = phase;
    if (typeof name !== 'string') continue;
    const words = name.replaceAll('-', ' ');
    items.push(typeof chain === 'string' && !chain.startsWith('mitre-') ? `${chain}: ${words}` : words);
  }
  return { kind: 'list', items };
}

export function aliasesOf(object: JsonObject, name: string): string[] {
  const all = [object.aliases, object.x_mitre_aliases].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...new Set(all.filter((alias): alias is string => typeof alias === 'string' && alias !== name))];
}

export interface Reference {
  readonly source: string;
  readonly externalId: string | undefined;
  readonly description: string | undefined;
  readonly url: string | undefined;
}

export function referencesOf(object: JsonObject): Reference[] {
  const list = object.external_references;
  if (!Array.isArray(list)) return [];
  const text = (value: Json | undefined) => (typeof value === 'string' ? value : undefined);
  return list.flatMap((reference) =>
    typeof reference === 'object' && reference !== null && !Array.isArray(reference)
      ? [
          {
            source: text(reference.source_name) ?? '',
            externalId: text(reference.external_id),
            description: text(reference.description),
            url: text(reference.url),
          },
        ]
      : [],
  );
}
