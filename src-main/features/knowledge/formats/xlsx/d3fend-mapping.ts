import { extensionObjectsFor } from '#shared/domain/knowledge/extensions.ts';
import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { controlOf, editionOf } from '../ctid-mapping/mapping.ts';
import type { Item, ReadContext } from '../format.ts';
import { undated } from '../linked.ts';
import { countermeasureId } from '../misp-galaxy/cluster.ts';

/** Columns of a sheet in which D3FEND maps controls to its countermeasures, by their place. */
interface Columns {
  readonly control: number;
  readonly countermeasures: number;
  readonly relation: number;
  readonly kind: number;
  readonly name: number;
  readonly notes: number;
}

/**
 * D3FEND publishes two workbooks: NIST SP 800-53 and DISA's CCIs against its countermeasures. Undefined where the
 * header is not that of one.
 */
export function d3fendColumns(names: readonly string[]): Columns | undefined {
  const at = (pattern: RegExp) => names.findIndex((name) => pattern.test(name.trim()));
  const countermeasures = at(/^D3FEND(?: techniques)?$/i);
  const control = at(/^(?:control identifier|_id|cci)$/i);
  const relation = at(/^relation$/i);
  if (countermeasures < 0 || control < 0 || relation < 0) return undefined;
  return {
    control,
    countermeasures,
    relation,
    kind: at(/^type(?:\/0)?$/i),
    name: at(/^(?:control \(or control enhancement\) name|definition)$/i),
    notes: at(/^notes$/i),
  };
}

/** The controls of such a sheet that name a countermeasure, and what they are to it. */
export function createD3fendMapping(context: ReadContext, columns: Columns, sheet: string) {
  const revision = /rev(?:ision)?\.?\s*(\d)/i.exec(sheet)?.[1];
  const given = new Set<string>();
  const known = new Map<string, string>();
  const counts = { unmapped: 0, missing: 0 };

  function* read(cells: readonly string[], path: string): Iterable<Item> {
    const cell = (index: number) => (index < 0 ? '' : (cells[index] ?? '').trim());
    const id = cell(columns.control);
    const list = cell(columns.countermeasures);
    if (id === '' || list === '') {
      counts.unmapped++;
      return;
    }
    const isCci = /^CCI-\d{6}$/.test(id);
    const control = /^([A-Z]{2})-(\d{1,2})(?:\s*\((\d{1,2})\))?$/.exec(id);
    if (!isCci && !control) {
      yield {
        kind: 'rejected',
        id: id.slice(0, 100),
        path,
        reason: 'its identifier is neither that of a control (AC-2(1)) nor of a CCI (CCI-000001)',
      };
      return;
    }
    const wanted = list.split(/[|,;\s]+/).filter((one) => !/^(?:|N\/?A)$/i.test(one));
    const ids = wanted.filter((one) => /^D3-[A-Z0-9]{1,12}$/i.test(one));
    if (ids.length < wanted.length)
      yield { kind: 'loss', id, path, what: `“${list.slice(0, 100)}” names something that is no id of D3FEND; left out` };
    if (wanted.length === 0) counts.unmapped++;
    if (ids.length === 0) return;
    const project = isCci ? { framework: 'cci', version: undefined } : { framework: 'nist_800_53', version: revision && `rev${revision}` };
    // As the Center for Threat-Informed Defense writes them, so that both mappings meet in one control.
    const number = control ? `${control[1]}-${control[2]?.padStart(2, '0')}${control[3] ? `(${control[3].padStart(2, '0')})` : ''}` : id;
    const about: JsonObject = { ...text('type', cell(columns.kind)), ...text('notes', cell(columns.notes)) };
    const object = controlOf(project, number, { name: (cell(columns.name) || number).slice(0, 300), x_redoubt_d3fend: about });
    if (given.size === 0) for (const one of extensionObjectsFor([object.type])) yield { kind: 'object', object: one, path: 'declarations' };
    if (!given.has(object.id)) yield { kind: 'object', object, path, merge: true, stamp: true };
    given.add(object.id);
    for (const name of new Set(ids.map((one) => one.toUpperCase()))) {
      const target = known.get(name) ?? context.findByExternalId(name) ?? countermeasureId(name);
      if (!known.has(name) && target === countermeasureId(name) && context.findByExternalId(name) === undefined) {
        counts.missing++;
        yield { kind: 'object', object: bare(name), path, partial: true };
      }
      known.set(name, target);
      const edge = edgeOf(editionOf(project), object.id, target, name, cell(columns.relation));
      if (given.has(edge.id)) yield { kind: 'loss', id: object.id, path, what: `that it maps to ${name} stands before; left out` };
      else yield { kind: 'object', object: edge, path, stamp: true };
      given.add(edge.id);
    }
  }

  function* finish(): Iterable<Item> {
    const path = `sheet ${sheet}`;
    if (counts.unmapped > 0) yield { kind: 'loss', path, what: `${counts.unmapped} rows name no countermeasure of D3FEND; left out` };
    if (counts.missing > 0)
      yield {
        kind: 'loss',
        path,
        what: `${counts.missing} countermeasures are not in this workspace and stand by id only; import D3FEND to have them whole`,
      };
  }

  return { read, finish };
}

function edgeOf(edition: string, control: string, countermeasure: string, name: string, relation: string): StixObject {
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: generatedId('relationship', 'd3fend-mapping', edition, control, name),
    relationship_type: 'related-to',
    source_ref: control,
    target_ref: countermeasure,
    x_redoubt_mapping: { framework: 'd3fend', type: relation.slice(0, 100) || 'mapped' },
  };
}

function bare(name: string): StixObject {
  return {
    type: 'course-of-action',
    spec_version: '2.1',
    id: countermeasureId(name),
    created: undated,
    modified: undated,
    name,
    external_references: [{ source_name: 'mitre-d3fend', external_id: name }],
  };
}

function text(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value.slice(0, 1000) };
}
