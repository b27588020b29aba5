import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';
import { decodeObject, decodeRelationship } from '../store/codec.ts';
import { MISSING } from '../store/state.ts';

type Edit =
  | 'setProperty'
  | 'createRelationship'
  | 'deleteObject'
  | 'addTag'
  | 'removeTag'
  | 'renameTag'
  | 'addNote'
  | 'editNote'
  | 'removeNote'
  | 'previewBulkEdit'
  | 'bulkEdit'
  | 'getBulkReport';

/** What makes an object the object that it is; an edit leaves it alone. */
const FIXED = new Set(['id', 'type', 'spec_version', 'created', 'modified', 'source_ref', 'target_ref', 'relationship_type']);

export function editHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, Edit> {
  const { store, read } = parts;
  const { operations } = store;

  const standing = (id: string): StixObject => {
    const key = store.rows.keyOf(id);
    const relationship = key === undefined ? undefined : store.rows.relationship(key);
    const object = key === undefined || relationship ? undefined : store.rows.object(key);
    if (relationship && !(relationship.state & MISSING)) return decodeRelationship(relationship);
    if (object && !(object.state & MISSING)) return decodeObject(object);
    throw new ContractError('not_found', `There is no object ${id} in this workspace.`);
  };

  /** Runs one edit as a transaction and answers with the entity as it is then. */
  const edit = async (id: string, work: () => { readonly action: string }) => {
    const { action } = store.transact(work);
    parts.changed('edit');
    return { ...(await read('knowledge.entity', { id })), action };
  };

  const write = (object: StixObject): string => {
    const { errors } = checkObject(object);
    const first = errors[0];
    if (first) throw new ContractError('invalid_input', `${first.path}: ${first.reason}`);
    const { action } = store.transact(() => store.writer.writeChunk([{ object, path: 'yours' }], { now: parts.now() }));
    parts.changed('edit');
    return action as string;
  };
  const later = (): never => {
    throw new ContractError('unavailable', 'This change is not here yet; update Redoubt.');
  };

  return {
    setProperty({ id, property, value }) {
      if (FIXED.has(property)) throw new ContractError('invalid_input', `“${property}” says which object this is and cannot be changed.`);
      const object = standing(id);
      const changed = { ...object };
      if (value === null) delete changed[property];
      else changed[property] = value as Json;
      const before = new Set(checkObject(object).errors.map(({ path, reason }) => `${path} ${reason}`));
      const broken = checkObject(changed).errors.find(({ path, reason }) => !before.has(`${path} ${reason}`));
      if (broken) throw new ContractError('invalid_input', `${broken.path}: ${broken.reason}`);
      return edit(id, () => operations.setProperty(id, property, value === null ? undefined : (value as Json)));
    },
    createRelationship({ source, relationshipType, target, description }) {
      standing(source);
      standing(target);
      const id = `relationship--${parts.newId()}`;
      const at = new Date(parts.now()).toISOString();
      const action = write({
        type: 'relationship',
        spec_version: '2.1',
        id,
        created: at,
        modified: at,
        relationship_type: relationshipType,
        source_ref: source,
        target_ref: target,
        ...(description !== undefined && { description }),
      });
      return { id, action };
    },
    deleteObject({ id }) {
      standing(id);
      const { action } = store.transact(() => operations.setDeleted(id, true));
      parts.changed('edit');
      return { action };
    },
    addTag: ({ id, tag }) => edit(id, () => operations.addTag(id, tag)),
    removeTag: ({ id, tag }) => edit(id, () => operations.removeTag(id, tag)),
    async addNote({ id, content }) {
      standing(id);
      const at = new Date(parts.now()).toISOString();
      const note = `note--${parts.newId()}`;
      const action = write({
        type: 'note',
        spec_version: '2.1',
        id: note,
        created: at,
        modified: at,
        content,
        authors: [parts.actor],
        object_refs: [id],
      });
      return { ...(await read('knowledge.entity', { id })), action, note };
    },
    renameTag: later,
    editNote: later,
    removeNote: later,
    previewBulkEdit: later,
    bulkEdit: later,
    getBulkReport: later,
  };
}
