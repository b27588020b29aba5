import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject, isOf20, liftFrom20, type RuleError, typeOfIdentifier } from '#shared/domain/knowledge/stix21/index.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { capecEdges } from '../capec/edges.ts';
import { defineFormat, type Item } from '../format.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { detect } from './detect.ts';
import { lossItem, Remarks } from './remarks.ts';

/** STIX 2.0 and 2.1: bundles, TAXII envelopes, lists of objects and single objects, of any size. */
export const stix = defineFormat({
  id: 'stix',
  title: 'STIX 2.0 and 2.1',
  from: ['MITRE ATT&CK', 'OpenCTI', 'MISP', 'Anomali ThreatStream', 'TAXII servers'],
  brings: 'Every object, relationship and marking as it stands, of STIX 2.0 and 2.1.',
  extensions: ['json'],
  detect,
  async *read(source, { signal, findByExternalId }) {
    const file = new StixFile();
    const capec = capecEdges({ findByExternalId });
    for await (const elements of streamObjects(source.bytes(), { path: 'objects', signal, onMember: (member) => file.member(member) })) {
      const items: Item[] = [];
      for (const element of elements) file.element(element, items);
      if (items.length > 0) yield capec.with(items);
    }
    const items = [...capec.with(file.finish()), ...capec.finish()];
    if (items.length > 0) yield items;
  },
});

const ofBundle = new Set(['type', 'id', 'spec_version', 'objects']);
const ofEnvelope = new Set(['more', 'next', 'objects']);

/** What has been seen of one file so far. Holds no objects but the members of a single one. */
class StixFile {
  readonly #members = new Map<string, JsonElement>();
  readonly #remarks = new Remarks();
  #elements = 0;
  #lifted = 0;

  member(member: JsonElement): void {
    this.#members.set(member.path, member);
    if (this.#members.size > 1000)
      throw new ContractError('invalid_input', 'The file is no STIX: its outermost object has more than 1,000 members.');
  }

  element({ path, value, fault, losses }: JsonElement, items: Item[]): void {
    this.#elements++;
    for (const loss of losses ?? []) items.push(lossItem(idOf(value), loss.path, loss.what));
    if (fault !== undefined || value === undefined) items.push({ kind: 'rejected', path, reason: fault ?? 'it could not be read' });
    else if (!isObject(value)) items.push({ kind: 'rejected', path, reason: 'must be an object' });
    else if (value['type'] === 'bundle')
      items.push(
        rejection(idOf(value), path, [{ path: '', reason: 'a bundle cannot stand within a bundle; import it as a file of its own' }]),
      );
    else this.#object(value, path, items);
  }

  #object(object: JsonObject, path: string, items: Item[]): void {
    if (!isStixObject(object) || !isOf20(object)) {
      this.#checked(object, path, [], items);
      return;
    }
    const { object: lifted, companions, changes, errors } = liftFrom20(object);
    if (!this.#checked(lifted, path, errors, items)) return;
    this.#lifted++;
    for (const { step, path: inner, what, lost } of changes) {
      // A label that repeats the type is noise by the hundred; whatever else is gone is named each time.
      const item =
        lost && step !== 'label-of-type'
          ? lossItem(object.id, join(path, inner), what)
          : this.#remarks.note(`lift ${step}`, object.id, join(path, inner), what);
      if (item) items.push(item);
    }
    for (const companion of companions) this.#checked(companion.object, join(path, companion.path), [], items);
  }

  /** Passes the object on or rejects it; whether it was passed on. */
  #checked(object: JsonObject, path: string, before: readonly RuleError[], items: Item[]): boolean {
    const { errors, warnings } = checkObject(object);
    if (before.length > 0 || errors.length > 0 || !isStixObject(object)) {
      items.push(rejection(idOf(object), path, [...before, ...errors]));
      return false;
    }
    items.push({ kind: 'object', object, path: join(path, '') });
    for (const { rule, path: inner, what } of warnings) {
      const item = this.#remarks.note(rule, object.id, join(path, inner), what);
      if (item) items.push(item);
    }
    return true;
  }

  /** What can be said only at the end: single objects, the bundle's own faults, and the counts. */
  finish(): Item[] {
    const items: Item[] = [];
    const type = this.#members.get('type')?.value;
    const id = this.#members.get('id')?.value;
    if (this.#elements === 0 && type !== 'bundle' && ![...this.#members].every(([name, member]) => ofEnvelope.has(name) || isList(member)))
      this.#single(items);
    else if (type !== undefined || id !== undefined) this.#bundle(type, id, items);
    else this.#envelope(items);
    if (this.#lifted > 0) items.push(lossItem(undefined, '', `${this.#lifted} objects are STIX 2.0 and were lifted to STIX 2.1`));
    items.push(...this.#remarks.summary('objects'));
    return items;
  }

  #single(items: Item[]): void {
    const broken = [...this.#members.values()].find((member) => member.fault !== undefined);
    if (!this.#members.has('type') && !this.#members.has('id'))
      throw new ContractError('invalid_input', 'The file is JSON, but no STIX: it has neither objects nor a type and an id.');
    const entries = [...this.#members].map(([name, member]) => [name, member.value ?? null] as const);
    const object = Object.fromEntries(entries) as JsonObject;
    for (const member of this.#members.values())
      for (const loss of member.losses ?? []) items.push(lossItem(idOf(object), loss.path, loss.what));
    if (broken) items.push(rejection(idOf(object), broken.path, [{ path: '', reason: broken.fault ?? '' }]));
    else this.#object(object, '', items);
  }

  #bundle(type: Json | undefined, id: Json | undefined, items: Item[]): void {
    const reject = (path: string, reason: string) => items.push({ kind: 'rejected', path, reason });
    if (type !== 'bundle') reject('type', 'the type of what holds the objects must be “bundle”; the objects were read all the same');
    else if (typeof id !== 'string' || typeOfIdentifier(id) !== 'bundle')
      reject('id', 'a bundle must have an id (bundle--UUID); its objects were read all the same');
    const objects = this.#members.get('objects');
    if (objects) reject('objects', objects.fault ?? (isList(objects) ? 'must not be an empty list' : 'must be a list'));
    for (const [name, member] of this.#members) {
      if (member.path === '')
        throw new ContractError('invalid_input', 'The file is JSON, but no STIX: it holds neither an object nor a list.');
      if (!ofBundle.has(name))
        items.push(lossItem(undefined, name, 'a property of the bundle itself is not kept; STIX gives bundles no meaning'));
    }
  }

  #envelope(items: Item[]): void {
    if (this.#members.get('more')?.value === true)
      items.push(lossItem(undefined, 'more', 'the server has more objects than this file holds'));
    for (const name of this.#members.keys())
      if (name !== '' && !ofEnvelope.has(name)) items.push(lossItem(undefined, name, 'is not STIX and is not kept'));
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStixObject(object: JsonObject): object is StixObject {
  return (
    Object.hasOwn(object, 'type') && Object.hasOwn(object, 'id') && typeof object['type'] === 'string' && typeof object['id'] === 'string'
  );
}

function isList(member: JsonElement | undefined): boolean {
  return Array.isArray(member?.value);
}

function idOf(value: Json | undefined): string | undefined {
  if (value === undefined || !isObject(value) || !Object.hasOwn(value, 'id')) return undefined;
  const id = value['id'];
  return typeof id === 'string' ? id.slice(0, 300) : undefined;
}

const NAMED = 5;

/** One rejection names all that is wrong with the object, the first at its own path. */
function rejection(id: string | undefined, path: string, errors: readonly RuleError[]): Item {
  const [first = { path: '', reason: 'is no STIX object' }, ...more] = errors;
  const others = more.slice(0, NAMED).map((error) => (error.path ? `${error.path} ${error.reason}` : error.reason));
  if (more.length > NAMED) others.push(`${more.length - NAMED} more`);
  const reason = [first.reason, ...others].join('; ');
  return id === undefined
    ? { kind: 'rejected', path: join(path, first.path), reason }
    : { kind: 'rejected', id, path: join(path, first.path), reason };
}

/** A file that is one object has no place to name but its properties. */
function join(outer: string, inner: string): string {
  if (outer === '' || inner === '') return outer + inner || 'object';
  return inner.startsWith('[') ? outer + inner : `${outer}.${inner}`;
}
