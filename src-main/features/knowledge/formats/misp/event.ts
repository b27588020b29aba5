import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { fromAttribute, loseProposal, readAttribute, truthy } from './attributes.ts';
import { fromGalaxies, fromGalaxyTags } from './galaxies.ts';
import { fromObject, fromReferences } from './objects.ts';
import { common, type EventWork, epochTime, idFor, lose, marking, rest, type Session, tagsOf, writtenTime } from './session.ts';
import { organisation } from './sightings.ts';

const lists = ['Attribute', 'Object', 'ShadowAttribute', 'Galaxy', 'Tag', 'EventTag', 'EventReport', 'RelatedEvent'] as const;
const handled: ReadonlySet<string> = new Set([...lists, 'uuid', 'info', 'timestamp', 'date', 'published', 'publish_timestamp', 'Orgc']);

/** What makes an object a MISP event: its title, or things that only events hold. */
export function looksLikeEvent(value: Json | undefined): value is JsonObject {
  if (!isObject(value)) return false;
  const has = (name: string) => Object.hasOwn(value, name);
  if (
    has('info') &&
    (has('Attribute') || has('Object') || has('threat_level_id') || has('analysis') || has('Orgc') || has('orgc') || has('distribution'))
  )
    return true;
  return (
    listIn(value, 'Object').some(
      (object) => isObject(object) && (Object.hasOwn(object, 'template_uuid') || Object.hasOwn(object, 'meta-category')),
    ) || listIn(value, 'Attribute').some((attribute) => isObject(attribute) && Object.hasOwn(attribute, 'to_ids'))
  );
}

/** One event as a report (published) or a grouping (not published) and all it refers to. */
export function fromEvent(session: Session, event: JsonObject, path: string): Item[] {
  const items: Item[] = [];
  const organisationOf = objectIn(event, 'Orgc') ?? namedOrganisation(event);
  const creator = organisationOf && organisation({ session, items }, organisationOf, `${path}.Orgc`);
  const uuid = textIn(event, 'uuid');
  const published = truthy(event, 'published');
  const type = published ? 'report' : 'grouping';
  const info = textIn(event, 'info')?.trim() || `MISP event ${uuid ?? ''}`.trim();
  const key = isUuid(uuid) ? uuid.toLowerCase() : generatedId('report', 'misp', info, textIn(event, 'date') ?? '', creator ?? '');
  const id = isUuid(uuid) ? `${type}--${uuid.toLowerCase()}` : generatedId(type, 'misp', key);
  const day = writtenTime(event, 'date');
  const modified = epochTime(event, 'timestamp') ?? day ?? epochTime(event, 'publish_timestamp');
  const times = {
    created: day !== undefined && modified !== undefined && day < modified ? day : (modified ?? undatedEvent),
    modified: modified ?? undatedEvent,
  };
  const tags = tagsOf(event);
  const work: EventWork = {
    session,
    items,
    key,
    times,
    creator,
    markings: [],
    refs: new Set(),
    byUuid: new Map(),
    kept: { attributes: [], objects: [], galaxies: [] },
    references: [],
    reportId: id,
  };
  const marked: EventWork = { ...work, markings: tags.markings.map((level) => marking(work, level, `${path}.Tag`)) };
  for (const name of lists) {
    if (Object.hasOwn(event, name) && !Array.isArray(event[name])) lose(work, `${path}.${name}`, 'not a list; left out');
  }
  convert(marked, event, path, tags.labels);
  const report = reportOf(marked, event, path, { id, type, info, published, labels: tags.labels });
  if (report === undefined) {
    items.push({
      kind: 'rejected',
      id,
      path,
      reason: `the event “${info.slice(0, 100)}” holds nothing that STIX can refer to: no attribute, object, galaxy or organisation`,
    });
    return items.filter(({ kind }) => kind !== 'object');
  }
  items.push({ kind: 'object', object: report, path });
  return items;
}

/** For events without any time: as old as can be, so that the same event with times is newer. */
const undatedEvent = '1970-01-01T00:00:00.000Z';

/** An index of events gives the organisation as a text. */
function namedOrganisation(event: JsonObject): JsonObject | undefined {
  const name = textIn(event, 'orgc') ?? textIn(event, 'org');
  return name === undefined ? undefined : { name };
}

function convert(work: EventWork, event: JsonObject, path: string, labels: readonly string[]): void {
  for (const target of [...fromGalaxies(work, event, path), ...fromGalaxyTags(work, labels)]) work.refs.add(target);
  for (const [index, raw] of listIn(event, 'Attribute').entries()) {
    const attribute = readAttribute(work, raw, `${path}.Attribute[${index}]`);
    if (attribute) fromAttribute(work, attribute);
  }
  const references: Parameters<typeof fromReferences>[1][number][] = [];
  for (const [index, raw] of listIn(event, 'Object').entries()) fromObject(work, raw, `${path}.Object[${index}]`, references);
  fromReferences(work, references);
  for (const [index, proposal] of listIn(event, 'ShadowAttribute').entries())
    loseProposal(work, proposal, `${path}.ShadowAttribute[${index}]`);
  for (const [index, report] of listIn(event, 'EventReport').entries()) fromEventReport(work, report, `${path}.EventReport[${index}]`);
}

function fromEventReport(work: EventWork, raw: Json, path: string): void {
  const content = isObject(raw) ? textIn(raw, 'content') : undefined;
  if (!isObject(raw) || content === undefined) return lose(work, path, 'an event report without a text; left out');
  if (truthy(raw, 'deleted')) return lose(work, path, 'an event report marked as deleted in MISP; left out');
  const name = textIn(raw, 'name');
  const object = {
    ...common(work, 'note', raw, path),
    type: 'note',
    id: idFor(work, 'note', raw, 'event-report', name ?? content),
    ...(name ? { abstract: name } : {}),
    content,
    object_refs: [work.reportId],
  };
  work.items.push({ kind: 'object', object, path });
}

const threatLevels: ReadonlyMap<string, string> = new Map([
  ['1', 'high'],
  ['2', 'medium'],
  ['3', 'low'],
  ['4', 'undefined'],
]);
const analyses: ReadonlyMap<string, string> = new Map([
  ['0', 'initial'],
  ['1', 'ongoing'],
  ['2', 'complete'],
]);

function wordFor(words: ReadonlyMap<string, string>, number: string | undefined): string | undefined {
  return number === undefined ? undefined : words.get(number);
}

interface About {
  readonly id: string;
  readonly type: 'report' | 'grouping';
  readonly info: string;
  readonly published: boolean;
  readonly labels: readonly string[];
}

function reportOf(work: EventWork, event: JsonObject, path: string, about: About): StixObject | undefined {
  const refs = [...work.refs].filter((ref) => ref !== about.id);
  if (refs.length === 0 && work.creator !== undefined) refs.push(work.creator);
  if (refs.length === 0) return undefined;
  const { kept } = work;
  const threatLevel = wordFor(threatLevels, textIn(event, 'threat_level_id'));
  const stage = wordFor(analyses, textIn(event, 'analysis'));
  const date = textIn(event, 'date');
  const others = rest(event, new Set([...handled, ...(threatLevel ? ['threat_level_id'] : []), ...(stage ? ['analysis'] : [])]));
  const related = listIn(event, 'RelatedEvent').map((entry) => objectIn(entry, 'Event') ?? entry);
  const { labels: _, ...properties } = common(work, about.type, event, path);
  return {
    ...properties,
    type: about.type,
    id: about.id,
    name: about.info,
    ...(about.published
      ? { published: epochTime(event, 'publish_timestamp') ?? work.times.modified, report_types: ['threat-report'] }
      : { context: 'unspecified' }),
    ...(about.labels.length > 0 ? { labels: [...about.labels] } : {}),
    ...(work.references.length > 0
      ? { external_references: work.references.map((reference) => ({ source_name: 'misp', ...reference })) }
      : {}),
    object_refs: refs,
    ...(date ? { x_misp_date: date } : {}),
    ...(threatLevel ? { x_misp_threat_level: threatLevel } : {}),
    ...(stage ? { x_misp_analysis: stage } : {}),
    ...(Object.keys(others).length > 0 ? { x_misp_event: others } : {}),
    ...(kept.attributes.length > 0 ? { x_misp_attributes: kept.attributes } : {}),
    ...(kept.objects.length > 0 ? { x_misp_objects: kept.objects } : {}),
    ...(kept.galaxies.length > 0 ? { x_misp_galaxies: kept.galaxies } : {}),
    ...(related.length > 0 ? { x_misp_related_events: related } : {}),
  };
}
