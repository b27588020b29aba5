import { describe, expect, it } from 'vitest';
import type { JsonObject, StixObject } from '../stix.ts';
import { checkObject, isOf20, liftFrom20, observableId } from './index.ts';

const uuid = '7f3c1d52-9b0e-4a56-8c77-21d0a4e5b6c1';
const marking = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';
const base = (type: string, more: JsonObject = {}): StixObject => ({
  type,
  id: `${type}--${uuid}`,
  created: '2018-01-01T00:00:00.000Z',
  modified: '2018-01-01T00:00:00.000Z',
  ...more,
});
const observed = (objects: JsonObject, more: JsonObject = {}) =>
  base('observed-data', {
    first_observed: '2018-01-01T00:00:00Z',
    last_observed: '2018-01-01T00:00:00Z',
    number_observed: 1,
    objects,
    ...more,
  });

describe('which objects are STIX 2.0', () => {
  it('goes by spec_version, and without it by the type', () => {
    expect(isOf20(base('tool'))).toBe(true);
    expect(isOf20(base('tool', { spec_version: '2.1' }))).toBe(false);
    expect(isOf20(base('tool', { spec_version: '2.0' }))).toBe(true);
    expect(isOf20(base('x-own'))).toBe(true);
    expect(isOf20({ type: 'url', id: 'x', value: 'y' })).toBe(false);
    expect(isOf20({ type: 'x-own-observable', id: 'x' })).toBe(false);
    expect(isOf20({ type: 'relationship' })).toBe(true);
  });
});

describe('the lift from STIX 2.0', () => {
  it('adds the version and leaves all else, in a new object', () => {
    const object = Object.freeze(base('x-own', { x_mitre_shortname: 'a', labels: ['x-own'] }));
    const lifted = liftFrom20(object);
    expect(lifted).toEqual({ object: { ...object, spec_version: '2.1' }, companions: [], changes: [], errors: [] });
    expect(liftFrom20(base('identity', { identity_class: 'group', labels: ['a'] })).object['labels']).toEqual(['a']);
  });

  it('drops a label that repeats the type, as ATT&CK’s own 2.1 edition does', () => {
    const { object, changes } = liftFrom20(base('malware', { name: 'x', labels: ['malware'] }));
    expect(object).toEqual(base('malware', { spec_version: '2.1', name: 'x', is_family: true }));
    expect(changes.map(({ step, lost }) => [step, lost])).toEqual([
      ['label-of-type', true],
      ['family', false],
    ]);
  });

  it.each([
    ['indicator', 'indicator_types'],
    ['malware', 'malware_types'],
    ['report', 'report_types'],
    ['threat-actor', 'threat_actor_types'],
    ['tool', 'tool_types'],
  ])('makes the labels of %s its %s', (type, property) => {
    const { object } = liftFrom20(base(type, { labels: ['one', 'two'], [property]: ['two', 'three'] }));
    expect(object[property]).toEqual(['two', 'three', 'one']);
    expect(object).not.toHaveProperty('labels');
  });

  it('states the type of patterns, and names TLP markings', () => {
    expect(liftFrom20(base('indicator', { labels: ['benign'], pattern: '[a:b = 1]' })).object['pattern_type']).toBe('stix');
    const green: StixObject = {
      type: 'marking-definition',
      id: marking,
      created: '2017-01-20T00:00:00.000Z',
      definition_type: 'tlp',
      definition: { tlp: 'green' },
    };
    expect(checkObject(liftFrom20(green).object)).toEqual({ errors: [], warnings: [] });
  });

  it('tells what STIX 2.0 itself requires', () => {
    expect(liftFrom20(base('indicator')).errors[0]?.reason).toMatch(/labels/);
    expect(liftFrom20(base('identity', { name: 'x' })).errors[0]?.reason).toMatch(/identity_class/);
    expect(liftFrom20(base('location', { region: 'africa' })).errors[0]?.reason).toMatch(/spec_version/);
    expect(liftFrom20(base('malware', { labels: ['worm'] })).errors).toEqual([]);
  });
});

describe('observed-data of STIX 2.0', () => {
  const objects: JsonObject = {
    '0': {
      type: 'file',
      name: 'a.exe',
      created: '2018-01-01T00:00:00Z',
      accessed: '2018-01-02T00:00:00Z',
      parent_directory_ref: '1',
      is_encrypted: true,
      extensions: { 'archive-ext': { version: '1', contains_refs: ['2'] } },
    },
    '1': { type: 'directory', path: 'C:\\', contains_refs: ['0'] },
    '2': { type: 'file', hashes: { MD5: 'a'.repeat(32) } },
    '3': { type: 'process', pid: 4, name: 'a', arguments: ['/x'], binary_ref: '0', created: '2018-01-01T00:00:00Z', child_refs: ['3'] },
    '4': { type: 'windows-registry-key', key: 'HKEY_LOCAL_MACHINE\\a', modified: '2018-01-01T00:00:00Z', creator_user_ref: '5' },
    '5': { type: 'user-account', user_id: 'x', password_last_changed: '2018-01-01T00:00:00Z' },
    '6': { type: 'x-own-observable', x_value: 1, extensions: { own: { x_rank: 2 } } },
  };

  it('becomes valid objects of their own that keep every value', () => {
    const { object, companions, changes } = liftFrom20(observed(objects));
    expect(object).not.toHaveProperty('objects');
    expect(companions).toHaveLength(7);
    expect(object['object_refs']).toEqual(expect.arrayContaining(companions.map((one) => one.object.id)));
    for (const one of [object, ...companions.map((companion) => companion.object)]) expect(checkObject(one).errors).toEqual([]);
    const at = (key: string) => companions.find((one) => one.path === `objects.${key}`)?.object as StixObject;
    expect(at('0')).toMatchObject({
      ctime: '2018-01-01T00:00:00Z',
      atime: '2018-01-02T00:00:00Z',
      x_stix20_is_encrypted: true,
      parent_directory_ref: at('1').id,
    });
    expect(at('0')['extensions']).toEqual({ 'archive-ext': { x_stix20_version: '1', contains_refs: [at('2').id] } });
    expect(at('1')['contains_refs']).toEqual([at('0').id]);
    expect(at('2').id).toBe(observableId(at('2')));
    expect(at('3')).toMatchObject({
      x_stix20_name: 'a',
      x_stix20_arguments: ['/x'],
      image_ref: at('0').id,
      created_time: '2018-01-01T00:00:00Z',
      child_refs: [at('3').id],
    });
    expect(at('4')).toMatchObject({ modified_time: '2018-01-01T00:00:00Z', creator_user_ref: at('5').id });
    expect(at('5')).toMatchObject({ credential_last_changed: '2018-01-01T00:00:00Z' });
    expect(at('6')).toMatchObject({ x_value: 1, extensions: { 'own-ext': { x_rank: 2 } } });
    expect(changes.filter((change) => change.lost)).toEqual([]);
  });

  it('gives the same ids each time', () => {
    expect(liftFrom20(observed(objects))).toEqual(liftFrom20(structuredClone(observed(objects))));
  });

  it('keeps two observables apart that differ only beside their ids', () => {
    const { companions, object } = liftFrom20(
      observed({ a: { type: 'mutex', name: 'x' }, b: { type: 'mutex', name: 'x' }, c: { type: 'mutex', name: 'x', x_more: 1 } }),
    );
    expect(companions.map((one) => one.path)).toEqual(['objects.a', 'objects.c']);
    expect(object['object_refs']).toEqual(companions.map((one) => one.object.id));
    expect(new Set(companions.map((one) => one.object.id)).size).toBe(2);
  });

  it('reports references that lead nowhere and entries that are no observables', () => {
    const { changes, companions } = liftFrom20(
      observed({ '0': { type: 'file', name: 'x', parent_directory_ref: '9' }, '1': 'text', __proto__: null as never }),
    );
    expect(changes.filter((change) => change.lost).map((change) => change.path)).toEqual(['objects.0.parent_directory_ref', 'objects.1']);
    expect(companions[0]?.object).not.toHaveProperty('parent_directory_ref');
  });

  it('hands markings on to the parts', () => {
    const { object, companions } = liftFrom20(
      observed(
        { '0': { type: 'file', name: 'x', created: '2018-01-01T00:00:00Z' }, '1': { type: 'mutex', name: 'y' } },
        {
          object_marking_refs: [marking],
          granular_markings: [
            { marking_ref: `marking-definition--${uuid}`, selectors: ['objects.0.created', 'number_observed'] },
            { marking_ref: `marking-definition--${uuid}`, selectors: ['objects.1'] },
          ],
        },
      ),
    );
    expect(object['granular_markings']).toEqual([{ marking_ref: `marking-definition--${uuid}`, selectors: ['number_observed'] }]);
    expect(companions[0]?.object['object_marking_refs']).toEqual([marking]);
    expect(companions[0]?.object['granular_markings']).toEqual([{ marking_ref: `marking-definition--${uuid}`, selectors: ['ctime'] }]);
    expect(companions[1]?.object['object_marking_refs']).toEqual([marking, `marking-definition--${uuid}`]);
    for (const one of companions) expect(checkObject(one.object).errors).toEqual([]);
  });

  it('bears circles, hostile keys and depth', () => {
    const circle: JsonObject = {
      '0': { type: 'network-traffic', protocols: ['tcp'], src_ref: '1' },
      '1': { type: 'network-traffic', protocols: ['tcp'], src_ref: '0' },
    };
    expect(liftFrom20(observed(circle)).companions).toHaveLength(2);
    const hostile = JSON.parse(
      '{"__proto__":{"type":"mutex","name":"x","__proto__":{"a":1}},"1":{"type":"mutex","name":"y","x_ref":"constructor"}}',
    ) as JsonObject;
    const { companions } = liftFrom20(observed(hostile));
    expect(companions).toHaveLength(2);
    expect(Object.getPrototypeOf(companions[0]?.object)).toBe(Object.prototype);
    const links = Array.from(
      { length: 3000 },
      (_, index) => [`k${index}`, { type: 'file', name: `n${index}`, parent_directory_ref: `k${index + 1}` }] as const,
    );
    const chain: JsonObject = Object.fromEntries(links);
    expect(liftFrom20(observed(chain)).companions.length).toBe(3000);
  });
});
