import { resolveOnBranch } from '#shared/domain/knowledge/branch.ts';
import { resolve } from '#shared/domain/knowledge/merge.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { KnowledgeParts } from '../knowledge.ts';
import { sha256, writesOf } from '../store/branches/writes.ts';
import type { Store } from '../store/store.ts';

/** What makes an object the object that it is; an edit leaves it alone. */
const FIXED = new Set(['id', 'type', 'spec_version', 'created', 'modified', 'source_ref', 'target_ref', 'relationship_type']);

export function refuseFixed(property: string) {
  if (FIXED.has(property)) throw new ContractError('invalid_input', `“${property}” says which object this is and cannot be changed.`);
}

export const isFixed = (property: string): boolean => FIXED.has(property);

/** Refuses what breaks a rule of STIX that was not broken before. */
export function refuseBroken(before: StixObject | undefined, after: StixObject) {
  const known = new Set((before ? checkObject(before).errors : []).map(({ path, reason }) => `${path} ${reason}`));
  const broken = checkObject(after).errors.find(({ path, reason }) => !known.has(`${path} ${reason}`));
  if (broken) throw new ContractError('invalid_input', `${broken.path}: ${broken.reason}`);
}

/** The object as it stands on main (0) or on a branch; a deleted one too. Throws `not_found`. */
export function standingOn(store: Store, id: string, branch: number): StixObject {
  const key = store.rows.keyOf(id);
  const writes = key === undefined ? undefined : writesOf(store.database, key, { branch });
  const object = writes && (branch === 0 ? resolve(writes.main) : resolveOnBranch(writes.main, writes.branch, sha256)).object;
  if (!object) throw new ContractError('not_found', `There is no object ${id} ${branch === 0 ? 'in this workspace' : 'on this branch'}.`);
  return object as StixObject;
}

export function relationshipBetween(
  { newId, now }: KnowledgeParts,
  source: string,
  relationshipType: string,
  target: string,
  description?: string,
): StixObject {
  const at = new Date(now()).toISOString();
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: `relationship--${newId()}`,
    created: at,
    modified: at,
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
    ...(description !== undefined && { description }),
  };
}

export function noteAbout({ newId, now, actor }: KnowledgeParts, ids: readonly string[], content: string): StixObject {
  const at = new Date(now()).toISOString();
  return {
    type: 'note',
    spec_version: '2.1',
    id: `note--${newId()}`,
    created: at,
    modified: at,
    content,
    authors: [actor],
    object_refs: [...ids],
  };
}
