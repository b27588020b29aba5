import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { command, query } from '../define.ts';
import { Entity } from './entity.ts';
import { counted, limit, offset } from './paging.ts';

export const HistoryEntry = z.object({
  action: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  /** A sentence: "Tagged APT29 with “hospital”." */
  what: z.string(),
  objects: z.int(),
  undone: z.boolean(),
  undoable: z.boolean(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const editCalls = {
  setProperty: command(
    'Sets or removes (null) one property of an object, as an operation that can be undone.',
    z.strictObject({ id: StixId, property: z.string().regex(/^[a-z][a-z0-9_]{2,249}$/), value: z.json().nullable() }),
    Entity,
  ),
  createRelationship: command(
    'Relates two entities.',
    z.strictObject({
      source: StixId,
      relationshipType: z.string().regex(/^[a-z0-9-]{3,250}$/),
      target: StixId,
      description: z.string().max(10_000).optional(),
    }),
    z.object({ id: StixId }),
  ),
  deleteObject: command(
    'Deletes an object; it stays in the history and can be brought back.',
    z.strictObject({ id: StixId }),
    z.object({ action: z.string() }),
  ),
  addTag: command('Tags an entity.', z.strictObject({ id: StixId, tag: z.string().trim().min(1).max(100) }), Entity),
  removeTag: command('Takes a tag off an entity.', z.strictObject({ id: StixId, tag: z.string().trim().min(1).max(100) }), Entity),
  addNote: command(
    'Writes a note about an entity (a STIX note).',
    z.strictObject({ id: StixId, content: z.string().trim().min(1).max(100_000) }),
    Entity,
  ),
  listHistory: query(
    'Lists what was done, newest first.',
    z.strictObject({ limit: limit(500, 100), offset, id: StixId.optional() }),
    z.object({ rows: z.array(HistoryEntry), ...counted }),
  ),
  undo: command(
    'Takes back one action, by default the last that still stands.',
    z.strictObject({ action: z.string().max(100).optional() }),
    HistoryEntry,
  ),
  redo: command('Does again what was taken back.', z.strictObject({ action: z.string().max(100).optional() }), HistoryEntry),
};
