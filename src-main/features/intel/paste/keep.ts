import { createHash } from 'node:crypto';
import type { PastedHit } from '#shared/contract/intel.ts';
import { generatedId, observableId, relationshipId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject, Tlp } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { tlpMarkingId } from '#shared/domain/knowledge/tlp.ts';
import type { Item } from '../../knowledge/index.ts';
import { comparisonOf, observableOf } from './observable.ts';

export interface PastedSource {
  readonly title: string;
  readonly url?: string | undefined;
  readonly author?: string | undefined;
  readonly date?: string | undefined;
  readonly tlp?: Tlp | undefined;
}

interface Keeping {
  readonly text: string;
  readonly hits: readonly PastedHit[];
  readonly as: 'observables' | 'indicators';
  readonly source: PastedSource;
  readonly keepText: boolean;
  /** Milliseconds. */
  readonly now: number;
}

const longestText = 100_000;
const undated = '1970-01-01T00:00:00.000Z';

/** The objects that chosen hits become, and the report that names them and their source. Pure but for the hash. */
export function keptItems({ text, hits, as, source, keepText, now }: Keeping): {
  items: Item[];
  report: string;
  left: { value: string; why: string }[];
} {
  const items: Item[] = [];
  const left: { value: string; why: string }[] = [];
  const refs = new Set<string>();
  const cited: JsonObject[] = [];
  const at = new Date(now).toISOString();
  const published = source.date ? `${source.date}T00:00:00.000Z` : at;
  const marks: JsonObject = source.tlp ? { object_marking_refs: [tlpMarkingId(source.tlp)] } : {};
  const author = source.author ? generatedId('identity', 'author', source.author) : undefined;
  const by: JsonObject = author ? { created_by_ref: author } : {};
  const add = (object: StixObject, path: string, how: { stamp?: boolean; partial?: boolean } = {}) => {
    const dated = how.stamp ? { created: at, modified: at, ...object } : object;
    const fault = checkObject(dated).errors[0];
    if (fault) {
      left.push({ value: path, why: `${fault.path}: ${fault.reason}` });
      return false;
    }
    items.push({ kind: 'object', object, path, ...how });
    return true;
  };

  if (author)
    add({ type: 'identity', spec_version: '2.1', id: author, name: source.author as string, identity_class: 'unknown' }, 'author', {
      stamp: true,
    });

  for (const hit of hits) {
    const { kind, value } = hit;
    const bare = observableOf(kind, value);
    if (bare) {
      const object: StixObject = { ...bare, id: observableId(bare) };
      if (!add(object, value)) continue;
      refs.add(object.id);
      const comparison = as === 'indicators' ? comparisonOf(kind, value) : undefined;
      if (!comparison) continue;
      const pattern = `[${comparison}]`;
      const id = generatedId('indicator', pattern);
      refs.add(id);
      if (hit.known.some(({ entity }) => entity.id === id)) continue;
      const made = add(
        {
          type: 'indicator',
          spec_version: '2.1',
          id,
          ...by,
          ...marks,
          name: value.slice(0, 1000),
          description: hit.sentence,
          pattern,
          pattern_type: 'stix',
          valid_from: published,
        },
        value,
        { stamp: true },
      );
      if (!made) refs.delete(id);
      else
        add(
          {
            type: 'relationship',
            spec_version: '2.1',
            id: relationshipId('based-on', id, object.id),
            relationship_type: 'based-on',
            source_ref: id,
            target_ref: object.id,
          },
          value,
          { stamp: true },
        );
    } else if (hit.known.length > 0) {
      for (const { entity } of hit.known) refs.add(entity.id);
    } else if (kind === 'cve') {
      const id = vulnerabilityId(value);
      const references = [{ source_name: 'cve', external_id: value }];
      const object = {
        type: 'vulnerability',
        spec_version: '2.1',
        id,
        created: undated,
        modified: undated,
        name: value,
        external_references: references,
      };
      if (add(object, value, { partial: true })) refs.add(id);
    } else if (kind === 'attack' || kind === 'capec' || kind === 'cwe')
      cited.push({ source_name: kind === 'attack' ? 'mitre-attack' : kind, external_id: value });
    else left.push({ value, why: 'STIX 2.1 has no object for it; it stands in the report’s text.' });
  }

  const report = generatedId('report', 'pasted', source.title, createHash('sha256').update(text).digest('hex'));
  const origin: JsonObject[] = source.url ? [{ source_name: source.author ?? source.title, url: source.url }] : [];
  add(
    {
      type: 'report',
      spec_version: '2.1',
      id: report,
      ...by,
      ...marks,
      name: source.title,
      published,
      report_types: ['threat-report'],
      ...(keepText && { description: text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…` }),
      ...(origin.length + cited.length > 0 && { external_references: [...origin, ...cited] }),
      // A report names at least one object (STIX 2.1, section 4.16); one that only cites ids names its author or itself.
      object_refs: refs.size > 0 ? [...refs] : [author ?? report],
    },
    source.title,
    { stamp: true },
  );
  if (keepText && text.length > longestText)
    left.push({ value: source.title, why: `The report keeps the first 100,000 of ${text.length.toLocaleString('en')} characters.` });
  return { items, report, left };
}
