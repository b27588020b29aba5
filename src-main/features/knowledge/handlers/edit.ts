import type { BulkReport } from '#shared/contract/knowledge.ts';
import type { Json, StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import { bulkEdit, previewBulkEdit, selected } from '../edit/bulk-edit.ts';
import { noteAbout, refuseBroken, refuseFixed, relationshipBetween, standingOn } from '../edit/objects.ts';
import type { KnowledgeHandlers } from '../handlers.ts';
import { finished, type KnowledgeParts } from '../knowledge.ts';
import { branchToEdit } from '../store/branches/edits.ts';

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

const MOST_KEPT = 20;

/** Every edit is an operation on main or on the branch that the caller names, and answers with its action. */
export function editHandlers(parts: KnowledgeParts): Pick<KnowledgeHandlers, Edit> {
  const { store, readOn } = parts;
  const { operations } = store;
  const reports = new Map<string, BulkReport>();

  const place = (branch: string | undefined, ...ids: readonly string[]): number =>
    branchToEdit(
      store,
      branch,
      ids.map((id) => store.rows.keyOf(id) ?? -1),
    );

  /** Runs one edit as a transaction and answers with the entity as it is then. */
  const edit = async (branch: string | undefined, id: string, work: () => { readonly action: string }) => {
    const { action } = store.transact(work);
    parts.changed('edit');
    return { ...(await readOn(branch, 'knowledge.entity', { id })), action };
  };
  const changed = <T>(work: () => T): T => {
    const done = store.transact(work);
    parts.changed('edit');
    return done;
  };
  const write = (object: StixObject, branch: number): string => {
    refuseBroken(undefined, object);
    return changed(() => {
      if (branch !== 0) return operations.writeOnBranch([object], branch).action;
      return store.writer.writeChunk([{ object, path: 'yours' }], { now: parts.now() }).action as string;
    });
  };
  const noteOf = (id: string, branch: number): StixObject => {
    const note = standingOn(store, id, branch);
    if (note.type !== 'note') throw new ContractError('invalid_input', `${id} is not a note.`);
    return note;
  };

  return {
    setProperty({ id, property, value, branch: on }) {
      const branch = place(on, id);
      refuseFixed(property);
      const object = standingOn(store, id, branch);
      const next = { ...object };
      if (value === null) delete next[property];
      else next[property] = value as Json;
      refuseBroken(object, next);
      return edit(on, id, () => operations.setProperty(id, property, value === null ? undefined : (value as Json), { branch }));
    },
    createRelationship({ source, relationshipType, target, description, branch: on }) {
      const branch = place(on, source, target);
      standingOn(store, source, branch);
      standingOn(store, target, branch);
      const relationship = relationshipBetween(parts, source, relationshipType, target, description);
      return { id: relationship.id, action: write(relationship, branch) };
    },
    deleteObject({ id, branch: on }) {
      const branch = place(on, id);
      standingOn(store, id, branch);
      const { action } = changed(() => operations.setDeleted(id, true, { branch }));
      return { action };
    },
    addTag: ({ id, tag, branch: on }) => edit(on, id, () => operations.addTag(id, tag, { branch: place(on, id) })),
    removeTag: ({ id, tag, branch: on }) => edit(on, id, () => operations.removeTag(id, tag, { branch: place(on, id) })),
    async renameTag({ tag, to, branch: on }) {
      if (tag === to) throw new ContractError('invalid_input', 'The tag is called so already; give another name.');
      const { keys } = await readOn(on, 'knowledge.selection', { filter: { tags: [tag], includeRetired: true }, limit: 50_001 });
      if (keys.length === 0) throw new ContractError('not_found', `Nothing is tagged “${tag}”.`);
      if (keys.length > 50_000)
        throw new ContractError('too_large', `More than 50,000 objects are tagged “${tag}”; take it off some by a bulk edit first.`);
      const branch = branchToEdit(store, on, keys);
      const action = changed(() => {
        let action: string | undefined;
        for (const key of keys) {
          const id = store.exchange.idOf(key);
          action = operations.addTag(id, to, { branch, action }).action;
          operations.removeTag(id, tag, { branch, action });
        }
        return action as string;
      });
      return { action, objects: keys.length };
    },
    async addNote({ id, content, branch: on }) {
      const branch = place(on, id);
      standingOn(store, id, branch);
      const note = noteAbout(parts, [id], content);
      const action = write(note, branch);
      return { ...(await readOn(on, 'knowledge.entity', { id })), action, note: note.id };
    },
    editNote({ note, content, branch: on }) {
      const branch = place(on, note);
      noteOf(note, branch);
      const { action } = changed(() => operations.setProperty(note, 'content', content, { branch }));
      return { action };
    },
    removeNote({ note, branch: on }) {
      const branch = place(on, note);
      noteOf(note, branch);
      const { action } = changed(() => operations.setDeleted(note, true, { branch }));
      return { action };
    },
    async previewBulkEdit({ branch, ids, filter, change }, { signal }) {
      const keys = await selected(parts, { branch, ids, filter }, signal);
      return previewBulkEdit(parts, keys, change, branchToEdit(store, branch, keys));
    },
    bulkEdit({ branch, ids, filter, change }) {
      const work = async (job: JobHandle) => {
        try {
          const keys = await selected(parts, { branch, ids, filter }, job.signal);
          reports.set(job.jobId, await bulkEdit(parts, keys, change, branchToEdit(store, branch, keys), job));
          for (const old of reports.keys()) {
            if (reports.size <= MOST_KEPT) break;
            reports.delete(old);
          }
        } finally {
          parts.changed('edit');
        }
      };
      const jobId = parts.jobs.start('Change of many objects', work, { again: true });
      return { jobId };
    },
    getBulkReport: ({ jobId }) => finished(parts.jobs, jobId, 'a change of many objects', reports),
  };
}
