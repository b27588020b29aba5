import type { KnowledgeHandlers } from '../handlers.ts';
import type { KnowledgeParts } from '../knowledge.ts';
import { listSavedViews, removeSavedView, saveView } from '../store/saved-views.ts';

type Saved = 'listSavedViews' | 'saveView' | 'removeSavedView';

export function savedViewHandlers({ store, newId }: KnowledgeParts): Pick<KnowledgeHandlers, Saved> {
  return {
    listSavedViews: () => listSavedViews(store.database),
    saveView: ({ id, ...view }) => saveView(store.database, { id: id ?? newId(), ...view }),
    removeSavedView: ({ id }) => removeSavedView(store.database, id),
  };
}
