import { useEffect, useState } from 'react';
import { asContractError, type RedoubtClient, useBranch, useClient } from '#renderer/client/index.ts';
import type { ContractError } from '#shared/transport/errors.ts';
import { actionOf, type KeyRow, toast, useText } from '#renderer/ui/index.ts';

/** What this window did, oldest first, and what it took back: for Ctrl+Z and Ctrl+Shift+Z. At most `kept` each. */
const done: { action: string; branch: string | undefined }[] = [];
const takenBack: typeof done = [];
const kept = 200;

function remember(list: typeof done, one: (typeof done)[number]) {
  list.push(one);
  if (list.length > kept) list.shift();
}

function forget(list: typeof done, action: string) {
  const at = list.findLastIndex((one) => one.action === action);
  if (at >= 0) list.splice(at, 1);
}

/** Undoes and does again by action, and says so. */
export function useUndo() {
  const client = useClient();
  const t = useText();
  const { branch } = useBranch();
  const settle = async (one: (typeof done)[number], back: boolean) => {
    const asked = { action: one.action, ...(one.branch !== undefined && { branch: one.branch }) };
    try {
      const entry = await (back ? client.knowledge.undo(asked) : client.knowledge.redo(asked));
      forget(back ? done : takenBack, one.action);
      remember(back ? takenBack : done, one);
      toast(
        t(back ? 'edit.undone' : 'edit.redone', { what: entry.what }),
        back ? { label: t('edit.redo'), run: () => void settle(one, false) } : { label: t('edit.undo'), run: () => void settle(one, true) },
      );
    } catch (error) {
      forget(back ? done : takenBack, one.action);
      toast(asContractError(error).message);
    }
  };
  return {
    /** Remembers an action as the newest of this window and offers to undo exactly it. */
    offer(action: string, what: string) {
      const one = { action, branch: branch?.id };
      remember(done, one);
      takenBack.length = 0;
      toast(what, { label: t('edit.undo'), run: () => void settle(one, true) });
    },
    undo: (action: string) => settle({ action, branch: branch?.id }, true),
    redo: (action: string) => settle({ action, branch: branch?.id }, false),
    last(back: boolean) {
      const one = (back ? done : takenBack).at(-1);
      if (one) void settle(one, back);
      else toast(t('edit.nothing'));
    },
  };
}

/** Bound here, shown among the keys that work everywhere. */
export const undoKeys: readonly KeyRow<'undo'>[] = [{ key: 'Ctrl+z', what: 'help.undo', act: 'undo' }];

/** Ctrl+Z (or Cmd) undoes this window's last action, with Shift does it again; a field keeps its own undo. */
export function useUndoKeys() {
  const { last } = useUndo();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (actionOf(undoKeys, event) !== 'undo') return;
      if (event.target instanceof HTMLElement && event.target.closest('input:not([type=checkbox]), textarea, select, dialog')) return;
      event.preventDefault();
      last(!event.shiftKey);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}

/** One change at a time, said in a toast that undoes exactly it; a refusal stays beside the field that asked. */
export function useChange() {
  const client = useClient();
  const t = useText();
  const { branch } = useBranch();
  const { offer } = useUndo();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ContractError | undefined>();
  const run = async (change: (client: RedoubtClient) => Promise<{ action: string }>, said?: string): Promise<boolean> => {
    setBusy(true);
    setError(undefined);
    try {
      const { action } = await change(client);
      offer(action, said ?? (await sentence(client, action, branch?.id)) ?? t('edit.done'));
      return true;
    } catch (cause) {
      setError(asContractError(cause));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, busy, error, clear: () => setError(undefined) };
}

/** The engine's sentence for an action that was just done. */
async function sentence(client: RedoubtClient, action: string, branch: string | undefined): Promise<string | undefined> {
  const { rows } = await client.knowledge.listHistory({ limit: 5, ...(branch !== undefined && { branch }) });
  return rows.find((row) => row.action === action)?.what;
}

/** As `useChange`, where there is no field to stand beside: a refusal is said in a toast. */
export function useEdit() {
  const { run, error, busy, clear } = useChange();
  useEffect(() => {
    if (!error) return;
    toast(error.message);
    clear();
  });
  return { run, busy };
}
