import type { Json, JsonObject, StixObject } from '../stix.ts';
import { domainTypes, observableTypes } from './domain-objects.ts';
import { quote, type RuleError } from './findings.ts';
import { type Note, type ObservedParts, separateObservables } from './lift-observables.ts';
import { tlpMarkingName } from './meta-objects.ts';
import { isRecord, own, put } from './values.ts';

/** One thing that the lift did to an object, beside stating its version. */
export interface Change {
  readonly path: string;
  readonly what: string;
  /** Names the step, so that a reader can count and fold many of a kind. */
  readonly step: string;
  /** Whether something the object said is no longer there. */
  readonly lost: boolean;
}

export interface Lifted {
  readonly object: StixObject;
  /** Observables that stood inside the object and are objects of their own in 2.1; `path` is within it. */
  readonly companions: readonly { readonly object: StixObject; readonly path: string }[];
  readonly changes: readonly Change[];
  /** MUSTs of STIX 2.0 that the object breaks and that 2.1 no longer has. */
  readonly errors: readonly RuleError[];
}

/** Types whose `labels` were the vocabulary that 2.1 keeps in a property of its own. */
const labelled: Readonly<Record<string, string>> = {
  indicator: 'indicator_types',
  malware: 'malware_types',
  report: 'report_types',
  'threat-actor': 'threat_actor_types',
  tool: 'tool_types',
};

/** What STIX 2.0 requires and 2.1 does not. */
const required: Readonly<Record<string, readonly string[]>> = {
  identity: ['identity_class'],
  indicator: ['labels'],
  malware: ['labels'],
  'marking-definition': ['definition_type', 'definition'],
  'observed-data': ['objects'],
  report: ['labels'],
  'threat-actor': ['labels'],
  tool: ['labels'],
};

/** Types that came with 2.1: without `spec_version` such an object is of no version. */
const newTypes = new Set(
  'extension-definition grouping incident infrastructure language-content location malware-analysis note opinion'.split(' '),
);

/** Whether an object without `spec_version` is a STIX 2.0 one by 2.1, section 3.2; observables are 2.1 even so. */
export function isOf20(object: JsonObject): boolean {
  const version = own(object, 'spec_version');
  if (version !== undefined) return version === '2.0';
  const type = own(object, 'type');
  if (typeof type !== 'string' || observableTypes.has(type)) return false;
  // A type of someone's own without times is an observable too: objects of 2.0 have `created`.
  return (
    domainTypes.has(type) ||
    newTypes.has(type) ||
    type === 'relationship' ||
    type === 'sighting' ||
    type === 'marking-definition' ||
    Object.hasOwn(object, 'created') ||
    Object.hasOwn(object, 'modified')
  );
}

/**
 * Makes a STIX 2.1 object of a 2.0 one, by the changes that 2.1 made:
 * every object states its `spec_version`; `labels` of indicators, malware, reports, threat actors
 * and tools become `indicator_types`, `malware_types` and so on; a label that only repeats the
 * type's own name (ATT&CK's `malware` on malware) says nothing and goes; patterns are of the type
 * `stix`; malware is taken for a family, as in ATT&CK's own 2.1 edition; the observables inside
 * observed-data become objects of their own with the ids that STIX derives; TLP markings get their
 * names. All else stays as it is. Pure; the given object is not changed.
 */
export function liftFrom20(object: StixObject): Lifted {
  const changes: Change[] = [];
  const errors: RuleError[] = [];
  const { type } = object;
  if (newTypes.has(type)) errors.push({ path: '', reason: `must have spec_version; STIX 2.0 has no ${quote(type)}` });
  for (const name of Object.hasOwn(required, type) ? (required[type] ?? []) : [])
    if (!Object.hasOwn(object, name))
      errors.push({ path: '', reason: `must have ${name}, or say with spec_version that it is STIX 2.1: without it counts as 2.0` });

  const lifted: StixObject = { type, spec_version: '2.1', id: object.id };
  for (const name of Object.keys(object)) if (name !== 'spec_version') put(lifted, name, object[name] as Json);
  const note = (path: string, step: string, what: string, lost = false) => changes.push({ path, step, what, lost });

  const types = Object.hasOwn(labelled, type) ? labelled[type] : undefined;
  if (types) moveLabels(lifted, types, note);
  if (type === 'malware' && !Object.hasOwn(lifted, 'is_family')) {
    lifted['is_family'] = true;
    note('is_family', 'family', 'STIX 2.0 does not say whether malware is a family or a sample; taken for a family');
  }
  if (type === 'indicator' && !Object.hasOwn(lifted, 'pattern_type')) {
    lifted['pattern_type'] = 'stix';
    note('pattern_type', 'pattern', 'the pattern is in the STIX patterning language, the only one STIX 2.0 has');
  }
  const tlp = type === 'marking-definition' ? tlpMarkingName(lifted.id) : undefined;
  if (tlp && !Object.hasOwn(lifted, 'name')) {
    lifted['name'] = tlp;
    note('name', 'tlp-name', `the marking has the name ${tlp} in STIX 2.1`);
  }
  let parts: ObservedParts = { companions: [] };
  if (type === 'observed-data' && isRecord(own(lifted, 'objects'))) parts = separateObservables(lifted, note);
  return { object: lifted, companions: parts.companions, changes, errors };
}

function moveLabels(object: StixObject, types: string, note: Note): void {
  const labels = own(object, 'labels');
  const already = own(object, types) ?? [];
  if (!Array.isArray(labels) || labels.length === 0 || !Array.isArray(already)) return;
  const kept = labels.filter((label) => label !== object.type);
  delete object['labels'];
  if (kept.length < labels.length)
    note('labels', 'label-of-type', `the label ${quote(object.type)} only repeats the type and is left out`, true);
  if (kept.length === 0) return;
  object[types] = [...already, ...kept.filter((label) => !already.includes(label))];
  note(types, 'labels', `the labels became ${types}`);
}
