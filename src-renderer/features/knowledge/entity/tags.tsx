import { Plus, X } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import type { Entity } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Button, useText, onFormKey } from '#renderer/ui/index.ts';
import { useChange, useEdit } from '../use-edit.ts';
import { Words } from '../words.tsx';

/** The tags of an entity; those in use elsewhere are suggested. */
export function Tags({ entity }: { entity: Entity }) {
  const t = useText();
  const { run } = useEdit();
  const [adding, setAdding] = useState(false);
  return (
    <div className="row">
      <span className="label">{t('entity.tags')}</span>
      {entity.tags.map((tag) => (
        <span key={tag} className="chip">
          {tag}
          <button
            type="button"
            aria-label={t('entity.removeTag', { tag })}
            onClick={() => void run((client) => client.knowledge.removeTag({ id: entity.id, tag }))}
          >
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      {adding ? (
        <TagForm entity={entity} onClose={() => setAdding(false)} />
      ) : (
        <Button small kind="quiet" icon={Plus} onClick={() => setAdding(true)}>
          {t('entity.addTag')}
        </Button>
      )}
    </div>
  );
}

function TagForm({ entity, onClose }: { entity: Entity; onClose: () => void }) {
  const t = useText();
  const id = useId();
  const { run, busy, error } = useChange();
  const [draft, setDraft] = useState('');
  const known = useQuery((client, signal) => client.knowledge.listFacets(undefined, { signal }), []).data?.tags ?? [];
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const tag = draft.trim();
    if (!tag || (await run((client) => client.knowledge.addTag({ id: entity.id, tag })))) onClose();
  };
  return (
    <form className="row" onSubmit={add}>
      <input
        className="input tag-input"
        aria-label={t('entity.addTag')}
        aria-describedby={error ? `${id}-error` : undefined}
        list={`${id}-known`}
        maxLength={100}
        value={draft}
        // The field appears because its button was pressed: the next key belongs to it.
        autoFocus
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onFormKey({ leave: onClose })}
      />
      <Words id={`${id}-known`} words={known.map(({ value }) => value).filter((value) => !entity.tags.includes(value))} />
      <Button small type="submit" disabled={busy}>
        {t('ui.add')}
      </Button>
      {error ? (
        <span id={`${id}-error`} className="field-error" role="alert">
          {error.message}
        </span>
      ) : null}
    </form>
  );
}
