import { generatedId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { timeOf } from '../assets/scan.ts';
import type { Item, ReadContext } from '../format.ts';
import { undated, uriOf } from '../linked.ts';
import { childOf, childrenOf, childText, descendants, type XmlElement } from '../xml-stream/index.ts';
import { wordsOf } from './text.ts';

/** A work that patterns cite. */
export interface Cited {
  readonly text: string;
  readonly url: string | undefined;
}

const most = { patterns: 100_000, list: 500, text: 100_000 } as const;
const natures: Readonly<Record<string, string>> = {
  ChildOf: 'x_capec_child_of_refs',
  ParentOf: 'x_capec_parent_of_refs',
  CanPrecede: 'x_capec_can_precede_refs',
  CanFollow: 'x_capec_can_follow_refs',
  PeerOf: 'x_capec_peer_of_refs',
};

/**
 * Patterns as CAPEC's STIX edition words them (x_capec_*), so that both read alike. The edition's ids are random: one
 * that stands under its number is the object, and keeps its own words; else the id comes from the number.
 */
export function createPatterns(context: ReadContext, catalogue: Readonly<Record<string, string>>, references: ReadonlyMap<string, Cited>) {
  const version = catalogue['Version']?.slice(0, 40);
  const date = timeOf(catalogue['Date']);
  const ids = new Map<string, string>();
  const seen = new Set<string>();
  const kept = { standing: 0, mitigations: 0, made: 0, natures: new Map<string, number>() };

  const ownId = (number: string) => generatedId('attack-pattern', 'capec', `CAPEC-${number}`);
  const idOf = (number: string): string => {
    const known = ids.get(number);
    if (known !== undefined) return known;
    const found = context.findByExternalId(`CAPEC-${number}`);
    const id = found?.startsWith('attack-pattern--') ? found : ownId(number);
    ids.set(number, id);
    return id;
  };

  function* read(element: XmlElement): Iterable<Item> {
    const number = element.attributes['ID']?.trim() ?? '';
    const path = `Attack_Pattern ${number.slice(0, 40) || seen.size} (line ${element.line})`;
    const name = element.attributes['Name']?.trim().slice(0, 1000);
    const reason = !/^\d{1,6}$/.test(number)
      ? 'its ID is no number'
      : !name
        ? 'it has no name'
        : seen.has(number)
          ? `CAPEC-${number} stands before in the file; the first is kept`
          : seen.size >= most.patterns
            ? `the file holds more than ${most.patterns.toLocaleString('en-US')} patterns`
            : undefined;
    if (reason !== undefined || !name) {
      yield { kind: 'rejected', path, reason: reason ?? 'it has no name' };
      return;
    }
    seen.add(number);
    const id = idOf(number);
    const isOwn = id === ownId(number);
    const dates = datesOf(element);
    const common = {
      type: 'attack-pattern',
      spec_version: '2.1',
      id,
      name,
      external_references: referencesOf(element, number, references),
    };
    if (!isOwn) {
      kept.standing++;
      const more: JsonObject = {
        ...(version && { version }),
        ...listed('notes', texts(element, 'Notes')),
        ...listed('indicators', texts(element, 'Indicators')),
      };
      yield { kind: 'object', object: { ...common, x_redoubt_capec: more }, path, merge: true, stamp: true };
      kept.mitigations += childOf(element, 'Mitigations')?.children.length ?? 0;
      return;
    }
    kept.made++;
    const modified = dates.at(-1) ?? date ?? undated;
    const object: StixObject = {
      ...common,
      created: dates[0] ?? modified,
      modified,
      ...text('description', wordsOf(childOf(element, 'Description'))),
      ...text('x_capec_extended_description', wordsOf(childOf(element, 'Extended_Description'))),
      ...text('x_capec_abstraction', element.attributes['Abstraction']),
      ...text('x_capec_status', element.attributes['Status']),
      ...text('x_capec_likelihood_of_attack', childText(element, 'Likelihood_Of_Attack')),
      ...text('x_capec_typical_severity', childText(element, 'Typical_Severity')),
      ...listed(
        'x_capec_alternate_terms',
        childrenOf(childOf(element, 'Alternate_Terms') ?? element, 'Alternate_Term').flatMap((one) => childText(one, 'Term') ?? []),
      ),
      ...listed('x_capec_prerequisites', texts(element, 'Prerequisites')),
      ...listed('x_capec_resources_required', texts(element, 'Resources_Required')),
      ...listed('x_capec_example_instances', texts(element, 'Example_Instances')),
      ...listed('x_capec_indicators', texts(element, 'Indicators')),
      ...listed('x_capec_notes', texts(element, 'Notes')),
      ...listed('x_capec_execution_flow', stepsOf(element)),
      ...mapped('x_capec_skills_required', skillsOf(element)),
      ...mapped('x_capec_consequences', consequencesOf(element)),
      ...relatedOf(element),
      ...text('x_capec_version', version),
    };
    yield { kind: 'object', object, path, merge: true };
    yield* mitigations(element, id, number, object, path);
  }

  function relatedOf(element: XmlElement): JsonObject {
    const found = new Map<string, Set<string>>();
    for (const one of childOf(element, 'Related_Attack_Patterns')?.children ?? []) {
      const [nature = '', number = ''] = [one.attributes['Nature'], one.attributes['CAPEC_ID']];
      const property = Object.hasOwn(natures, nature) ? natures[nature] : undefined;
      if (property === undefined || !/^\d{1,6}$/.test(number)) {
        kept.natures.set(nature.slice(0, 40), (kept.natures.get(nature.slice(0, 40)) ?? 0) + 1);
        continue;
      }
      const refs = found.get(property) ?? new Set();
      found.set(property, refs.size < most.list ? refs.add(idOf(number)) : refs);
    }
    return Object.fromEntries([...found].map(([property, refs]) => [property, [...refs]]));
  }

  function* mitigations(
    element: XmlElement,
    target: string,
    number: string,
    { created, modified }: StixObject,
    path: string,
  ): Iterable<Item> {
    const times = { created: created ?? undated, modified: modified ?? undated };
    for (const [index, description] of texts(element, 'Mitigations').entries()) {
      const id = generatedId('course-of-action', 'capec', `CAPEC-${number}`, description);
      const object = {
        type: 'course-of-action',
        spec_version: '2.1',
        id,
        ...times,
        name: `Mitigation ${index + 1} of CAPEC-${number}`,
        description,
      };
      yield { kind: 'object', object, path };
      const edge = { type: 'relationship', spec_version: '2.1', id: relationshipId('mitigates', id, target), ...times };
      yield { kind: 'object', object: { ...edge, relationship_type: 'mitigates', source_ref: id, target_ref: target }, path };
    }
  }

  function* finish(): Iterable<Item> {
    const say = (path: string, what: string): Item => ({ kind: 'loss', path, what });
    if (kept.standing > 0)
      yield say(
        '',
        `${kept.standing} patterns stand in the workspace already, from CAPEC’s STIX edition: they keep its words and ids${kept.mitigations > 0 ? `, and its mitigations in place of the ${kept.mitigations} here` : ''}`,
      );
    if (kept.made > 0)
      yield say(
        '',
        `${kept.made} patterns have ids made from their numbers; CAPEC’s STIX edition has random ones: imported after this, it would bring each a second time. Import it before, or only one of the two`,
      );
    for (const [nature, count] of kept.natures)
      yield say('Related_Attack_Patterns', `${count} relations of nature ${nature || '(none)'} are left out`);
  }

  return { read, finish, count: () => seen.size };
}

/** Days on which it was submitted and changed, earliest first. */
function datesOf(element: XmlElement): string[] {
  const history = childOf(element, 'Content_History');
  const days =
    history?.children.flatMap((one) => timeOf(childText(one, 'Submission_Date') ?? childText(one, 'Modification_Date')) ?? []) ?? [];
  return days.sort();
}

function referencesOf(element: XmlElement, number: string, references: ReadonlyMap<string, Cited>): JsonObject[] {
  const list: JsonObject[] = [
    { source_name: 'capec', external_id: `CAPEC-${number}`, url: `https://capec.mitre.org/data/definitions/${number}.html` },
  ];
  for (const one of childOf(element, 'Related_Weaknesses')?.children ?? []) {
    const cwe = one.attributes['CWE_ID'] ?? '';
    if (/^\d{1,6}$/.test(cwe))
      list.push({ source_name: 'cwe', external_id: `CWE-${cwe}`, url: `https://cwe.mitre.org/data/definitions/${cwe}.html` });
  }
  for (const one of childOf(element, 'Taxonomy_Mappings')?.children ?? []) {
    const name = one.attributes['Taxonomy_Name']?.trim();
    const [entry, title] = [childText(one, 'Entry_ID')?.slice(0, 300), childText(one, 'Entry_Name')?.slice(0, 1000)];
    if (!name || (!entry && !title)) continue;
    const isAttack = name === 'ATTACK';
    const technique = isAttack && entry && /^\d{4}(?:\.\d{3})?$/.test(entry) ? `T${entry}` : entry;
    list.push({ source_name: name.slice(0, 300), ...(technique && { external_id: technique }), ...(title && { description: title }) });
  }
  for (const one of childOf(element, 'References')?.children ?? []) {
    const id = one.attributes['External_Reference_ID'];
    const work = id === undefined ? undefined : references.get(id);
    const url = work?.url === undefined ? undefined : uriOf(work.url);
    if (id)
      list.push({
        source_name: 'reference_from_CAPEC',
        external_id: id.slice(0, 300),
        ...(work?.text && { description: work.text }),
        ...(url && { url }),
      });
  }
  return list.slice(0, most.list);
}

/** Steps in their order: phase, what is done, and by which techniques. */
function stepsOf(element: XmlElement): string[] {
  return (childOf(element, 'Execution_Flow')?.children ?? []).flatMap((step) => {
    const head = [childText(step, 'Step'), childText(step, 'Phase')].filter(Boolean).join('. ');
    const ways = childrenOf(step, 'Technique').map((one) => `- ${wordsOf(one)}`);
    const words = [[head, wordsOf(childOf(step, 'Description'))].filter(Boolean).join(': '), ...ways].join('\n');
    return words.trim() === '' ? [] : [words];
  });
}

function skillsOf(element: XmlElement): JsonObject {
  const found = new Map<string, string>();
  for (const one of childOf(element, 'Skills_Required')?.children ?? []) {
    const level = keyOf(one.attributes['Level'] ?? 'Unknown');
    const before = found.get(level);
    found.set(level, [before, wordsOf(one)].filter(Boolean).join('\n').slice(0, most.text));
  }
  return Object.fromEntries(found);
}

function consequencesOf(element: XmlElement): JsonObject {
  const found = new Map<string, Set<string>>();
  for (const one of childOf(element, 'Consequences')?.children ?? [])
    for (const scope of childrenOf(one, 'Scope').slice(0, 20)) {
      const impacts = found.get(keyOf(scope.text)) ?? new Set();
      found.set(keyOf(scope.text), impacts);
      for (const impact of descendants(one, 'Impact').slice(0, 50)) if (impact.text !== '') impacts.add(impact.text.slice(0, 1000));
    }
  return Object.fromEntries([...found].map(([scope, impacts]): [string, Json] => [scope, [...impacts]]));
}

/** A name that STIX allows for a key. */
function keyOf(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 100) || 'Other';
}

function texts(element: XmlElement, list: string): string[] {
  return (childOf(element, list)?.children ?? []).map(wordsOf).filter((one) => one !== '');
}

function text(name: string, value: string | undefined): JsonObject {
  return value ? { [name]: value.slice(0, most.text).toWellFormed() } : {};
}

function listed(name: string, values: readonly string[]): JsonObject {
  return values.length > 0 ? { [name]: values.slice(0, most.list).map((one) => one.slice(0, most.text).toWellFormed()) } : {};
}

function mapped(name: string, value: JsonObject): JsonObject {
  return Object.keys(value).length > 0 ? { [name]: value } : {};
}
