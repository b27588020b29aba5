import { relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item, ReadContext } from '../format.ts';
import { isObject, listIn, textIn } from '../json-values.ts';

/** CAPEC's STIX names ATT&CK's techniques as references (source_name ATTACK) and no relationships: these are made here. */
export interface CapecEdges {
  /** The items with an edge behind each attack pattern that references a technique of the workspace. */
  with(items: readonly Item[]): Item[];
  /** What could not be joined. */
  finish(): Item[];
}

export function capecEdges({ findByExternalId }: Pick<ReadContext, 'findByExternalId'>): CapecEdges {
  const known = new Map<string, string | undefined>();
  let missing = 0;
  const find = (technique: string) => {
    if (!known.has(technique)) known.set(technique, findByExternalId(technique));
    return known.get(technique);
  };

  function* edgesOf(object: StixObject, path: string): Iterable<Item> {
    const references = listIn(object, 'external_references').filter(isObject);
    if (!references.some((one) => textIn(one, 'source_name') === 'capec')) return;
    const seen = new Set<string>();
    for (const [index, reference] of references.entries()) {
      const technique = textIn(reference, 'source_name') === 'ATTACK' ? textIn(reference, 'external_id')?.trim() : undefined;
      if (technique === undefined) continue;
      const target = /^T\d{4}(?:\.\d{3})?$/.test(technique) ? find(technique) : undefined;
      if (target === undefined || target === object.id) missing++;
      else if (!seen.has(target)) {
        seen.add(target);
        yield { kind: 'object', object: edgeTo(object.id, target, reference), path: `${path}.external_references[${index}]`, stamp: true };
      }
    }
  }

  return {
    with: (items) =>
      items.flatMap((item) =>
        item.kind === 'object' && item.object.type === 'attack-pattern' ? [item, ...edgesOf(item.object, item.path)] : [item],
      ),
    finish: () => {
      if (missing === 0) return [];
      const what = `${missing} of CAPEC’s references lead to techniques that are not in this workspace: kept as references. Import ATT&CK and then this file again to join them`;
      return [{ kind: 'loss', path: '', what }];
    },
  };
}

function edgeTo(pattern: string, technique: string, reference: JsonObject): StixObject {
  const description = textIn(reference, 'description');
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId('related-to', pattern, technique),
    relationship_type: 'related-to',
    source_ref: pattern,
    target_ref: technique,
    ...(description ? { description } : {}),
    x_redoubt_mapping: { framework: 'capec', type: 'taxonomy' },
  };
}
