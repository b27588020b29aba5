import { asContractError, type RedoubtClient, useClient } from '#renderer/client/index.ts';
import { toast, useText } from '#renderer/ui/index.ts';

/**
 * Runs one change of an entity and says so, with Undo for exactly that change: its action is looked up in the
 * entity's own history, as it may not be the newest any more when Undo is pressed.
 */
export function useEdit(id: string) {
  const client = useClient();
  const t = useText();
  return async (change: (client: RedoubtClient) => Promise<unknown>): Promise<boolean> => {
    try {
      await change(client);
      const done = (await client.knowledge.listHistory({ id, limit: 1 })).rows[0];
      toast(done?.what ?? t('edit.done'), done?.undoable ? { label: t('edit.undo'), run: () => undo(done.action) } : undefined);
      return true;
    } catch (error) {
      toast(asContractError(error).message);
      return false;
    }
  };
  function undo(action: string) {
    client.knowledge.undo({ action }).then(
      (entry) => toast(t('edit.undone', { what: entry.what })),
      (error: unknown) => toast(asContractError(error).message),
    );
  }
}
