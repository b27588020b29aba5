import { z } from 'zod';
import { command, query } from '../define.ts';

/** A list as its user left it: filters, columns, order. Kept in the workspace, so that it is encrypted and travels with it. */
export const SavedView = z.strictObject({
  id: z.uuid(),
  name: z.string().trim().min(1).max(100),
  /** Which list: the table of entities, or a search. */
  list: z.enum(['explore', 'search']),
  /** Filters as in the list's address, without the question mark. */
  query: z.string().max(4000),
  /** Keys of the columns, in order; absent: the usual ones. */
  columns: z.array(z.string().max(50)).max(30).optional(),
  sort: z.strictObject({ key: z.string().max(50), descending: z.boolean() }).optional(),
});
export type SavedView = z.infer<typeof SavedView>;

export const savedViewCalls = {
  listSavedViews: query('Lists the saved filters and columns, by name.', z.void(), z.array(SavedView)),
  saveView: command(
    'Saves filters and columns under a name; with the id of a saved one, in its place.',
    SavedView.partial({ id: true }),
    SavedView,
  ),
  removeSavedView: command(
    'Forgets a saved view; answers with it, so that it can be saved again.',
    z.strictObject({ id: z.uuid() }),
    SavedView,
  ),
};
