import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import { type Json, type JsonObject, type StixObject, type Tlp, tlpLevels } from '#shared/domain/knowledge/stix.ts';
import { tlpMarkingId, tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import type { Item, ReadContext } from '../format.ts';
import { listIn, objectIn, textIn } from '../json-values.ts';

/** What one file's events share: objects that were given already are not given again. */
export interface Session {
  readonly context: ReadContext;
  readonly given: Set<string>;
}

/** One event on its way into STIX. */
export interface EventWork {
  readonly session: Session;
  readonly items: Item[];
  /** Part of every generated id, where MISP gives no UUID. */
  readonly key: string;
  readonly times: { readonly created: string; readonly modified: string };
  readonly creator: string | undefined;
  readonly markings: readonly string[];
  /** What the report refers to, in order. */
  readonly refs: Set<string>;
  /** MISP UUID -> the object that stands for it. */
  readonly byUuid: Map<string, string>;
  /** Raw attributes and objects that have no STIX object of their own. */
  readonly kept: { readonly attributes: JsonObject[]; readonly objects: JsonObject[]; readonly galaxies: JsonObject[] };
  readonly reportId: string;
  readonly references: { url: string; description?: string; external_id?: string }[];
}

/** Observables, identities, markings: equal wherever they come from, so once a file is enough. */
export function giveShared(work: EventWork, object: StixObject, path: string, how: { stamp?: boolean; partial?: boolean } = {}): string {
  if (!work.session.given.has(object.id)) {
    work.session.given.add(object.id);
    work.items.push({ kind: 'object', object, path, ...how });
  }
  return object.id;
}

export function give(work: EventWork, object: StixObject, path: string): string {
  work.items.push({ kind: 'object', object, path });
  return object.id;
}

export function lose(work: EventWork, path: string, what: string, id?: string): void {
  work.items.push({ kind: 'loss', ...(id === undefined ? {} : { id }), path, what });
}

/** MISP's UUID where it is one, else an id from what the thing says. */
export function idFor(work: EventWork, type: string, raw: JsonObject, ...says: string[]): string {
  const uuid = textIn(raw, 'uuid');
  return isUuid(uuid) ? `${type}--${uuid.toLowerCase()}` : generatedId(type, 'misp', work.key, ...says);
}

/** What every STIX object made of an event carries. `created` is the event's day where that is earlier: it must stay the same when MISP changes the thing. */
export function common(work: EventWork, type: string, raw: JsonObject, path: string): JsonObject {
  const { labels, markings } = tagsOf(raw);
  const refs = markings.length > 0 ? markings.map((level) => marking(work, level, path)) : work.markings;
  const modified = stricterIsNewer(epochTime(raw, 'timestamp') ?? work.times.modified, refs);
  return {
    type,
    spec_version: '2.1',
    ...(work.creator === undefined ? {} : { created_by_ref: work.creator }),
    created: work.times.created < modified ? work.times.created : modified,
    modified,
    ...(labels.length > 0 ? { labels } : {}),
    ...(refs.length > 0 ? { object_marking_refs: [...refs] } : {}),
  };
}

/**
 * MISP leaves an attribute's time alone where only the event's TLP changed, and STIX keeps the first of two contents
 * with one time. MISP has no milliseconds: here they count the strictness, so that a stricter marking always stands.
 */
function stricterIsNewer(time: string, refs: readonly string[]): string {
  const level = tlpOfMarkings([...refs]);
  return level === undefined ? time : new Date(Date.parse(time) + tlpLevels.indexOf(level)).toISOString();
}

/** Seconds since the epoch, as MISP writes times, as a STIX timestamp. 0 means “never”. */
export function epochTime(raw: JsonObject, name: string): string | undefined {
  const seconds = Number(textIn(raw, name));
  if (!Number.isFinite(seconds) || seconds <= 0 || seconds > 253_402_300_799) return undefined;
  return new Date(seconds * 1000).toISOString();
}

/** A date or time as text (`2017-12-31`, ISO 8601, or seconds) as a STIX timestamp. */
export function writtenTime(raw: JsonObject, name: string): string | undefined {
  const text = textIn(raw, name);
  if (text === undefined) return undefined;
  if (/^\d{9,11}(?:\.\d+)?$/.test(text)) return epochTime(raw, name);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  // MISP's times without a zone are UTC.
  const zoned = /^\d{4}-\d{2}-\d{2}$/.test(text) || /(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) || time < 0 || time > 253_402_300_799_000 ? undefined : new Date(time).toISOString();
}

/** TLP 2.0's definitions, as OASIS published them with its extension. */
export function marking(work: EventWork, level: Tlp, path: string): string {
  return giveShared(
    work,
    {
      type: 'marking-definition',
      spec_version: '2.1',
      id: tlpMarkingId(level),
      created: '2022-10-01T00:00:00.000Z',
      name: `TLP:${level.toUpperCase()}`,
      extensions: {
        'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': { extension_type: 'property-extension', tlp_2_0: level },
      },
    },
    path,
  );
}

/** Tags of an event, attribute or object (`Tag`, or `EventTag[].Tag` in an index), TLP apart, the strictest first; TLP 1.0's white is clear. */
export function tagsOf(raw: JsonObject): { labels: string[]; markings: Tlp[] } {
  const labels: string[] = [];
  let strictest = -1;
  const tags = [...listIn(raw, 'Tag'), ...listIn(raw, 'EventTag').map((entry) => objectIn(entry, 'Tag') ?? null)];
  for (const tag of tags) {
    const name =
      typeof tag === 'string' ? tag : tag !== null && typeof tag === 'object' && !Array.isArray(tag) ? textIn(tag, 'name') : undefined;
    if (name === undefined) continue;
    const level = /^tlp:(.+)$/i.exec(name.trim())?.[1]?.toLowerCase();
    const known = level === 'white' ? 0 : tlpLevels.indexOf(level as Tlp);
    if (known >= 0) strictest = Math.max(strictest, known);
    else if (!labels.includes(name)) labels.push(name);
  }
  const level = tlpLevels[strictest];
  return { labels, markings: level ? [level] : [] };
}

/** Members that say nothing are left out, however deep: null, empty texts, lists and objects. */
export function rest(raw: JsonObject, handled: ReadonlySet<string>): JsonObject {
  const entries: [string, Json][] = [];
  for (const [name, value] of Object.entries(raw)) {
    if (handled.has(name)) continue;
    const said = saying(value);
    if (said !== undefined) entries.push([name, said]);
  }
  return Object.fromEntries(entries);
}

const nothing: ReadonlySet<string> = new Set();

function saying(value: Json): Json | undefined {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.map(saying).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (typeof value !== 'object') return value;
  const inner = rest(value, nothing);
  return Object.keys(inner).length > 0 ? inner : undefined;
}
