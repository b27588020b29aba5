import { Pencil, Plus, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Entity } from '#shared/contract/knowledge.ts';
import { Button, IconButton, TextArea, TextField, useText } from '#renderer/ui/index.ts';
import { useEdit } from '../use-edit.ts';

/** A text of the object that can be changed in place; what is shown otherwise is up to the caller. */
export function EditableText(props: {
  id: string;
  property: 'name' | 'description';
  value: string;
  label: string;
  long?: boolean;
  children: ReactNode;
}) {
  const t = useText();
  const edit = useEdit(props.id);
  const [draft, setDraft] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const value = draft?.trim() ?? '';
    if (value === props.value || (props.property === 'name' && value === '')) return setDraft(undefined);
    setBusy(true);
    const done = await edit((client) =>
      client.knowledge.setProperty({ id: props.id, property: props.property, value: value === '' ? null : value }),
    );
    setBusy(false);
    if (done) setDraft(undefined);
  };
  if (draft === undefined)
    return (
      <div className="editable">
        <div className="grow">{props.children}</div>
        <IconButton small icon={Pencil} label={t('entity.edit', { what: props.label })} onClick={() => setDraft(props.value)} />
      </div>
    );
  const field = { label: props.label, value: draft, autoFocus: true };
  return (
    <form
      className="stack"
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setDraft(undefined);
      }}
    >
      {props.long ? (
        <TextArea {...field} rows={8} onChange={(event) => setDraft(event.target.value)} />
      ) : (
        <TextField {...field} onChange={(event) => setDraft(event.target.value)} />
      )}
      <div className="row">
        <Button kind="primary" type="submit" disabled={busy}>
          {t('ui.save')}
        </Button>
        <Button onClick={() => setDraft(undefined)}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}

export function Tags({ entity }: { entity: Entity }) {
  const t = useText();
  const edit = useEdit(entity.id);
  const [draft, setDraft] = useState<string | undefined>();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const tag = draft?.trim();
    if (!tag || (await edit((client) => client.knowledge.addTag({ id: entity.id, tag })))) setDraft(undefined);
  };
  return (
    <div className="row">
      <span className="label">{t('entity.tags')}</span>
      {entity.tags.map((tag) => (
        <span key={tag} className="chip">
          {tag}
          <button
            type="button"
            aria-label={t('entity.removeTag', { tag })}
            onClick={() => void edit((client) => client.knowledge.removeTag({ id: entity.id, tag }))}
          >
            <X size={12} aria-hidden />
          </button>
        </span>
      ))}
      {draft === undefined ? (
        <Button small kind="quiet" icon={Plus} onClick={() => setDraft('')}>
          {t('entity.addTag')}
        </Button>
      ) : (
        <form className="row" onSubmit={add}>
          <input
            className="input tag-input"
            aria-label={t('entity.addTag')}
            maxLength={100}
            value={draft}
            // The field appears because its button was pressed: the next key belongs to it.
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setDraft(undefined);
            }}
          />
          <Button small type="submit">
            {t('ui.add')}
          </Button>
        </form>
      )}
    </div>
  );
}

export function Notes({ entity }: { entity: Entity }) {
  const t = useText();
  const edit = useEdit(entity.id);
  const [draft, setDraft] = useState('');
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const content = draft.trim();
    if (content && (await edit((client) => client.knowledge.addNote({ id: entity.id, content })))) setDraft('');
  };
  return (
    <section aria-labelledby="notes">
      <h2 id="notes">{t('entity.notes')}</h2>
      {entity.notes.map((note) => (
        <div key={note.id} className="note">
          <p>{note.content}</p>
          <p className="quiet small">{t('entity.noteBy', { author: note.author, at: t.time(note.at) })}</p>
        </div>
      ))}
      <form className="stack" onSubmit={add}>
        <TextArea label={t('entity.newNote')} rows={2} value={draft} onChange={(event) => setDraft(event.target.value)} />
        <div>
          <Button type="submit" disabled={draft.trim() === ''}>
            {t('entity.addNote')}
          </Button>
        </div>
      </form>
    </section>
  );
}
