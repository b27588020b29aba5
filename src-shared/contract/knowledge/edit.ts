import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { command, query } from '../define.ts';
import { onBranch } from './branch.ts';
import { Edited } from './entity.ts';
import { filters, JobStarted } from './paging.ts';

const tag = z.string().trim().min(1).max(100);
const property = z.string().regex(/^[a-z][a-z0-9_]{2,249}$/);
const relationshipType = z.string().regex(/^[a-z0-9-]{3,250}$/);
const content = z.string().trim().min(1).max(100_000);
const Action = z.object({ action: z.string() });

/** What is done to each of many objects. */
export const BulkChange = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('tag'), tag }),
  z.strictObject({ do: z.literal('untag'), tag }),
  z.strictObject({ do: z.literal('set'), property, value: z.json().nullable() }),
  z.strictObject({ do: z.literal('delete') }),
  /** Each of them gets this relationship to `target`, or from it. */
  z.strictObject({ do: z.literal('relate'), relationshipType, target: StixId, direction: z.enum(['out', 'in']).default('out') }),
  z.strictObject({ do: z.literal('note'), content }),
]);
export type BulkChange = z.infer<typeof BulkChange>;

/** Which objects: those named, or all that pass the filters. */
const selection = {
  ids: z.array(StixId).min(1).max(50_000).optional(),
  filter: z.strictObject(filters).optional(),
  change: BulkChange,
  ...onBranch,
};

export const BulkReport = z.object({
  /** What `undo` takes; absent where nothing was to be done. */
  action: z.string().optional(),
  changed: z.int(),
  /** Those that were so already. */
  unchanged: z.int(),
  refused: z.array(z.object({ id: StixId, reason: z.string() })),
  refusedTotal: z.int(),
});
export type BulkReport = z.infer<typeof BulkReport>;

export const editCalls = {
  setProperty: command(
    'Sets or removes (null) one property of an object, as an operation that can be undone.',
    z.strictObject({ id: StixId, property, value: z.json().nullable(), ...onBranch }),
    Edited,
  ),
  createRelationship: command(
    'Relates two entities.',
    z.strictObject({ source: StixId, relationshipType, target: StixId, description: z.string().max(10_000).optional(), ...onBranch }),
    Action.extend({ id: StixId }),
  ),
  deleteObject: command(
    'Deletes an object; it stays in the history and can be brought back.',
    z.strictObject({ id: StixId, ...onBranch }),
    Action,
  ),
  addTag: command('Tags an entity.', z.strictObject({ id: StixId, tag, ...onBranch }), Edited),
  removeTag: command('Takes a tag off an entity.', z.strictObject({ id: StixId, tag, ...onBranch }), Edited),
  renameTag: command(
    'Gives a tag another name on every entity that has it; where the other is in use, the two become one.',
    z.strictObject({ tag, to: tag, ...onBranch }),
    Action.extend({ objects: z.int() }),
  ),
  addNote: command(
    'Writes a note about an entity (a STIX note).',
    z.strictObject({ id: StixId, content, ...onBranch }),
    Edited.extend({ note: StixId }),
  ),
  editNote: command('Changes the text of a note.', z.strictObject({ note: StixId, content, ...onBranch }), Action),
  removeNote: command('Removes a note; it stays in the history.', z.strictObject({ note: StixId, ...onBranch }), Action),
  previewBulkEdit: query(
    'Counts what a change of many objects would do, before it is done.',
    z.strictObject(selection),
    z.object({ objects: z.int(), changes: z.int(), unchanged: z.int(), refused: z.int(), reasons: z.array(z.string()) }),
  ),
  bulkEdit: command('Changes many objects as one action, as a job; cancelled, all is as before.', z.strictObject(selection), JobStarted),
  getBulkReport: query('What a finished change of many objects did.', z.strictObject({ jobId: z.string().max(100) }), BulkReport),
};
