import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { objectIn } from '../json-values.ts';
import { fromEvent, looksLikeEvent } from './event.ts';
import type { Session } from './session.ts';

const MiB = 1024 * 1024;

/** MISP events as JSON: one (`{Event}` or bare), a list of them, or an answer of MISP's API (`{response: […]}`). */
export const misp = defineFormat({
  id: 'misp',
  title: 'MISP events',
  from: ['MISP'],
  brings:
    'Events with their attributes, objects, tags, galaxies and sightings as indicators, observables and reports; links to ATT&CK and CVEs are kept.',
  extensions: ['json'],

  detect({ text }) {
    const { root, paths } = sketchJson(text);
    if (root === 'other') return { confidence: 0, because: 'it is no JSON' };
    for (const at of ['Event', 'response[].Event', '[].Event', 'response.Event', '', 'response[]', '[]']) {
      const has = (name: string) => paths.has(at === '' ? name : `${at}.${name}`);
      if (!(at === '' || paths.has(at) || at.endsWith('[]'))) continue;
      const isAttributes =
        has('Attribute[].to_ids') ||
        has('Attribute[].category') ||
        has('Object[].Attribute[].object_relation') ||
        has('Object[].template_uuid');
      const isEvent = has('info') && (has('threat_level_id') || has('analysis') || has('orgc_id') || has('Orgc'));
      if (isAttributes && (isEvent || at.endsWith('Event')))
        return { confidence: 0.98, because: 'it holds a MISP event with its attributes or objects' };
      if (isEvent)
        return { confidence: at.endsWith('Event') ? 0.97 : 0.92, because: 'it has a MISP event’s title, threat level and analysis' };
      if (isAttributes) return { confidence: 0.85, because: 'it holds MISP attributes or objects' };
    }
    return { confidence: 0, because: 'it holds no MISP event' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const session: Session = { context, given: new Set() };
  const members: JsonElement[] = [];
  let elements = 0;
  let events = 0;
  const stream = streamObjects(source.bytes(), {
    path: 'response',
    signal: context.signal,
    limits: { maxValueBytes: 256 * MiB },
    onMember: (member) => members.push(member),
  });
  for await (const batch of stream) {
    for (const element of batch) {
      elements++;
      const event = element.value === undefined ? undefined : eventIn(element.value, element.path);
      if (event) {
        events++;
        yield* fromEvent(session, event.event, event.path);
      } else {
        yield { kind: 'rejected', path: element.path, reason: element.fault ?? 'not a MISP event' };
      }
      yield* lossesOf(element);
    }
  }
  if (elements === 0) {
    // A single object comes member by member: either `Event` (or `response`) alone, or the bare event's own.
    const whole = Object.fromEntries(members.filter(({ value }) => value !== undefined).map(({ path, value }) => [path, value as Json]));
    const found = eventIn(whole, '');
    if (found) {
      events++;
      yield* fromEvent(session, found.event, found.path);
    }
    for (const member of members) {
      if (member.fault !== undefined) yield { kind: 'rejected', path: member.path, reason: member.fault };
      yield* lossesOf(member);
    }
  }
  if (events === 0) throw new ContractError('invalid_input', `“${source.name}” holds no MISP event.`);
}

function* lossesOf({ losses }: JsonElement): Iterable<Item> {
  for (const loss of losses ?? []) yield { kind: 'loss', ...loss };
}

/** The event itself, out of its wrapping, and where it stands. */
function eventIn(value: Json, path: string): { event: JsonObject; path: string } | undefined {
  const within = objectIn(value, 'Event') ?? objectIn(objectIn(value, 'response'), 'Event');
  if (within) return { event: within, path: path === '' ? 'Event' : `${path}.Event` };
  if (looksLikeEvent(value)) return { event: value, path: path === '' ? 'event' : path };
  return undefined;
}
