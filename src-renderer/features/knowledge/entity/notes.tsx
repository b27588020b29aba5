import { Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Entity, Note } from '#shared/contract/knowledge.ts';
import { Button, IconButton, TextArea, useText, onFormKey } from '#renderer/ui/index.ts';
import { useChange, useEdit } from '../use-edit.ts';

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** Notes about an entity: each can be changed and removed, and Undo brings it back. */
export function Notes({ entity }: { entity: Entity }) {
  const t = useText();
  const { run, busy, error } = useChange();
  const [draft, setDraft] = useState('');
  const add = async (event?: FormEvent) => {
    event?.preventDefault();
    const content = draft.trim();
    if (content && (await run((client) => client.knowledge.addNote({ id: entity.id, content }), t('note.added', { text: short(content) }))))
      setDraft('');
  };
  return (
    <section aria-labelledby="notes">
      <h2 id="notes">{t('entity.notes')}</h2>
      {entity.notes.map((note) => (
        <OneNote key={note.id} note={note} />
      ))}
      <form className="stack editing" onSubmit={add} onKeyDown={onFormKey({ send: add })}>
        <TextArea
          label={t('entity.newNote')}
          rows={2}
          value={draft}
          error={error?.message}
          onChange={(event) => setDraft(event.target.value)}
        />
        <div>
          <Button type="submit" disabled={busy || draft.trim() === ''}>
            {t('entity.addNote')}
          </Button>
        </div>
      </form>
    </section>
  );
}

function OneNote({ note }: { note: Note }) {
  const t = useText();
  const change = useChange();
  const edit = useEdit();
  const [draft, setDraft] = useState<string | undefined>();
  const at = t.time(note.at);
  const leave = () => {
    change.clear();
    setDraft(undefined);
  };
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    const content = draft?.trim() ?? '';
    if (content === '' || content === note.content) return leave();
    if (await change.run((client) => client.knowledge.editNote({ note: note.id, content }))) leave();
  };
  if (draft !== undefined)
    return (
      <form className="note stack" onSubmit={save} onKeyDown={onFormKey({ send: save, leave })}>
        <TextArea
          label={t('note.text')}
          rows={4}
          autoFocus
          value={draft}
          error={change.error?.message}
          onChange={(event) => setDraft(event.target.value)}
        />
        <div className="row">
          <Button kind="primary" type="submit" disabled={change.busy}>
            {t('ui.save')}
          </Button>
          <Button onClick={leave}>{t('ui.cancel')}</Button>
        </div>
      </form>
    );
  return (
    <div className="note">
      <p className="note-text">{note.content}</p>
      <p className="row">
        <span className="quiet small grow">{t('entity.noteBy', { author: note.author, at })}</span>
        <IconButton small icon={Pencil} label={t('note.edit', { at })} onClick={() => setDraft(note.content)} />
        <IconButton
          small
          icon={Trash2}
          label={t('note.remove', { at })}
          onClick={() =>
            void edit.run((client) => client.knowledge.removeNote({ note: note.id }), t('note.removed', { text: short(note.content) }))
          }
        />
      </p>
    </div>
  );
}
