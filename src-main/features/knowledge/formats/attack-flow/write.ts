import { createHash } from 'node:crypto';
import { embeddedReferences } from '#shared/domain/knowledge/references.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineExportFormat } from '../format.ts';
import { checkSignal } from '../items.ts';
import { declaration, extensionId, flowTypes } from './declaration.ts';

/** Bytes of objects that are held until it is known whether a flow names them. */
const mostHeld = 256 * 1024 * 1024;
const bound = new Set(['note', 'opinion', 'grouping', 'report']);

/**
 * The flows and what they are made of as one STIX bundle in the Attack Flow language 2.0.0. Techniques and tactics are
 * named by their ids, as in MITRE's own flows; they do not come along.
 */
export const attackFlowExport = defineExportFormat({
  id: 'attack-flow',
  title: 'Attack Flow (STIX bundle)',
  mediaType: 'application/stix+json;version=2.1',
  extension: 'json',
  async *write(pages, { signal, lose }) {
    const flows = new Map<string, StixObject>();
    const others = new Map<string, string>();
    const relationships: StixObject[] = [];
    let held = 0;
    let total = 0;
    for await (const page of pages) {
      checkSignal(signal);
      for (const object of page) {
        total++;
        if (flowTypes.has(object.type)) flows.set(object.id, object);
        else if (object.type === 'relationship') relationships.push(object);
        else if (object.type !== 'attack-pattern' && !object.type.startsWith('x-mitre-')) {
          const text = JSON.stringify(object);
          held += text.length;
          if (held > mostHeld)
            throw new ContractError(
              'too_large',
              'The workspace holds too much to look for what belongs to its flows; export the types of flows only.',
            );
          others.set(object.id, text);
        }
      }
    }
    const chosen = new Map<string, StixObject>(declaration.map((object) => [object.id, object]));
    const take = (id: unknown) => {
      const text = typeof id === 'string' && !chosen.has(id) ? others.get(id) : undefined;
      if (text !== undefined) chosen.set(id as string, JSON.parse(text) as StixObject);
    };
    for (const flow of flows.values()) {
      chosen.set(flow.id, plain(flow, lose));
      takeNamed(flow, take);
    }
    for (const text of others.values()) {
      const object = JSON.parse(text) as StixObject;
      const refs = object['object_refs'];
      if (bound.has(object.type) && Array.isArray(refs) && refs.some((id) => typeof id === 'string' && flows.has(id))) take(object.id);
    }
    const edges = relationships.filter(
      ({ source_ref: source, target_ref: target }) => flows.has(String(source)) || flows.has(String(target)),
    );
    for (const edge of edges) {
      take(edge['source_ref']);
      take(edge['target_ref']);
    }
    const known = (id: unknown) => typeof id === 'string' && (chosen.has(id) || flows.has(id));
    for (const edge of relationships) if (known(edge['source_ref']) && known(edge['target_ref'])) chosen.set(edge.id, edge);
    for (const object of chosen.values())
      if (!flowTypes.has(object.type)) for (const id of [object['created_by_ref'], ...listOf(object['object_marking_refs'])]) take(id);
    if (total > chosen.size - declaration.length)
      lose({
        path: '',
        what: `${total - [...chosen.keys()].filter((id) => !declaration.some((one) => one.id === id)).length} objects belong to no flow and are not written`,
      });
    if (flows.size === 0) lose({ path: '', what: 'there is no flow in what was chosen; only the declaration is written' });
    const ordered = [...chosen.values()].sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
    const lines = ordered.map((object) => JSON.stringify(object));
    const digest = createHash('sha1')
      .update(`redoubt:attack-flow:bundle\n${lines.join('\n')}`)
      .digest('hex');
    yield `{"type":"bundle","id":"bundle--${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}","objects":[\n`;
    for (const [index, line] of lines.entries()) yield index === 0 ? line : `,\n${line}`;
    yield '\n]}\n';
  },
});

function order({ id, type }: StixObject): number {
  return id === extensionId ? 0 : id === declaration[0]?.id ? 1 : type === 'attack-flow' ? 2 : type === 'relationship' ? 4 : 3;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function takeNamed(flow: StixObject, take: (id: unknown) => void): void {
  for (const { target } of embeddedReferences(flow)) take(target);
  take(flow['created_by_ref']);
  for (const id of listOf(flow['object_marking_refs'])) take(id);
}

/** Without what is ours: the language's schema allows no other properties. */
function plain(object: StixObject, lose: (loss: { id?: string; path: string; what: string }) => void): StixObject {
  const own = Object.keys(object).filter((name) => name.startsWith('x_redoubt_'));
  if (own.length === 0) return object;
  lose({
    id: object.id,
    path: own.join(', '),
    what: 'the builder’s layout and our own properties are not part of the Attack Flow language',
  });
  return Object.fromEntries(Object.entries(object).filter(([name]) => !own.includes(name))) as StixObject;
}
