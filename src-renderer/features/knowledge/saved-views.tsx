import { Bookmark, Pencil, Save, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { SavedView } from '#shared/contract/knowledge.ts';
import { asContractError, useClient, useQuery } from '#renderer/client/index.ts';
import { Button, go, IconButton, toast, useText } from '#renderer/ui/index.ts';
import { PanelMenu } from './menu.tsx';

/** Where a saved view leads: the list with its filters, columns and order. */
export function savedViewHref(view: SavedView): string {
  const query = new URLSearchParams(view.query);
  if (view.columns) query.set('columns', view.columns.join(','));
  if (view.sort) query.set('sort', `${view.sort.descending ? '-' : ''}${view.sort.key}`);
  const text = query.toString();
  return text ? `#/${view.list}?${text}` : `#/${view.list}`;
}

/** The views kept of one list: open, save what is shown, bring up to date, rename, remove. */
export function SavedViews({ list, now }: { list: SavedView['list']; now: Pick<SavedView, 'query' | 'columns' | 'sort'> }) {
  const t = useText();
  const client = useClient();
  const { data, reload } = useQuery((on, signal) => on.knowledge.listSavedViews(undefined, { signal }), [], { refreshOn: 'nothing' });
  const [name, setName] = useState('');
  const [renaming, setRenaming] = useState<SavedView | undefined>();
  const [problem, setProblem] = useState('');
  const views = (data ?? []).filter((view) => view.list === list);
  const save = async (view: Parameters<typeof client.knowledge.saveView>[0]) => {
    try {
      const saved = await client.knowledge.saveView(view);
      toast(t('views.saved', { name: saved.name }));
      setName('');
      setRenaming(undefined);
      setProblem('');
      reload();
    } catch (error) {
      setProblem(asContractError(error).message);
    }
  };
  const remove = async (view: SavedView) => {
    try {
      const removed = await client.knowledge.removeSavedView({ id: view.id });
      toast(t('views.removed', { name: removed.name }), { label: t('edit.undo'), run: () => void save(removed) });
      reload();
    } catch (error) {
      setProblem(asContractError(error).message);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = name.trim();
    if (words) void save(renaming ? { ...renaming, name: words } : { name: words, list, ...now });
  };
  return (
    <PanelMenu label={t('views.menu')} icon={Bookmark}>
      {(close) => (
        <div className="stack saved-views">
          {views.length === 0 ? <p className="quiet small">{t('views.none')}</p> : null}
          <ul>
            {views.map((view) => (
              <li key={view.id} className="row">
                <button
                  type="button"
                  className="saved-view grow clip"
                  onClick={() => {
                    close();
                    go(savedViewHref(view));
                  }}
                >
                  {view.name}
                </button>
                <IconButton
                  small
                  icon={Save}
                  label={t('views.update', { name: view.name })}
                  onClick={() => void save({ id: view.id, name: view.name, list, ...now })}
                />
                <IconButton
                  small
                  icon={Pencil}
                  label={t('views.rename', { name: view.name })}
                  onClick={() => {
                    setRenaming(view);
                    setName(view.name);
                  }}
                />
                <IconButton small icon={Trash2} label={t('views.remove', { name: view.name })} onClick={() => void remove(view)} />
              </li>
            ))}
          </ul>
          <form className="stack" onSubmit={submit}>
            <input
              className="input"
              aria-label={t('views.name')}
              placeholder={t('views.name')}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            {problem ? (
              <p className="field-error" role="alert">
                {problem}
              </p>
            ) : null}
            <Button small type="submit" disabled={name.trim() === ''}>
              {renaming ? t('views.rename', { name: renaming.name }) : t('views.save')}
            </Button>
          </form>
        </div>
      )}
    </PanelMenu>
  );
}
