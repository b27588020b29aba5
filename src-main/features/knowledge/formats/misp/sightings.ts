import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { common, type EventWork, epochTime, give, giveShared, idFor, lose } from './session.ts';

/** An organisation by MISP's UUID, without times: MISP gives none. */
export function organisation(work: Pick<EventWork, 'session' | 'items'>, raw: JsonObject, path: string): string | undefined {
  const name = textIn(raw, 'name');
  if (name === undefined) return undefined;
  const uuid = textIn(raw, 'uuid');
  const id = isUuid(uuid) ? `identity--${uuid.toLowerCase()}` : generatedId('identity', 'misp-organisation', name);
  return giveShared(work as EventWork, { type: 'identity', spec_version: '2.1', id, name, identity_class: 'organization' }, path, {
    stamp: true,
  });
}

/** Sightings of an attribute: seen is a STIX sighting, a false positive an opinion against it; an expiry is told as loss. */
export function fromSightings(work: EventWork, target: string, raw: JsonObject, path: string): void {
  for (const [index, sighting] of listIn(raw, 'Sighting').entries()) {
    const at = `${path}.Sighting[${index}]`;
    if (!isObject(sighting)) lose(work, at, 'not a sighting; left out');
    else fromSighting(work, target, sighting, at);
  }
}

function fromSighting(work: EventWork, target: string, sighting: JsonObject, path: string): void {
  const seen = epochTime(sighting, 'date_sighting') ?? epochTime(sighting, 'timestamp') ?? work.times.modified;
  const org = objectIn(sighting, 'Organisation') ?? objectIn(sighting, 'Org');
  const who = org && organisation(work, org, path);
  const source = textIn(sighting, 'source');
  const kind = textIn(sighting, 'type') ?? '0';
  const base: JsonObject = {
    ...common(work, 'sighting', {}, path),
    created: seen,
    modified: seen,
    ...(who ? { created_by_ref: who } : {}),
  };
  const extra: JsonObject = source ? { x_misp_source: source } : {};
  if (kind === '0') {
    // STIX (section 5.2): what is sighted must be a domain object, not an observable.
    const id = idFor(work, 'sighting', sighting, target, seen, source ?? '');
    const object: StixObject = {
      ...base,
      type: 'sighting',
      id,
      first_seen: seen,
      last_seen: seen,
      count: 1,
      sighting_of_ref: target,
      ...(who ? { where_sighted_refs: [who] } : {}),
      ...extra,
    };
    work.refs.add(give(work, object, path));
  } else if (kind === '1') {
    const id = idFor(work, 'opinion', sighting, target, seen, source ?? '');
    const object: StixObject = {
      ...base,
      type: 'opinion',
      id,
      opinion: 'strongly-disagree',
      explanation: 'Sighted as a false positive.',
      object_refs: [target],
      ...extra,
    };
    work.refs.add(give(work, object, path));
  } else {
    lose(work, path, `a sighting of type ${kind === '2' ? 'expiration' : `“${kind.slice(0, 40)}”`} at ${seen}; left out`, target);
  }
}
