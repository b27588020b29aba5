import { Pencil } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Button, IconButton, TextArea, TextField, useText, onFormKey } from '#renderer/ui/index.ts';
import { useChange } from '../use-edit.ts';
import { ProseView } from './prose-view.tsx';

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
  const { run, busy, error, clear } = useChange();
  const [draft, setDraft] = useState<string | undefined>();
  const [preview, setPreview] = useState(false);
  const leave = () => {
    clear();
    setDraft(undefined);
  };
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    const value = draft?.trim() ?? '';
    if (value === props.value || (props.property === 'name' && value === '')) return leave();
    if (await run((client) => client.knowledge.setProperty({ id: props.id, property: props.property, value: value === '' ? null : value })))
      leave();
  };
  if (draft === undefined)
    return (
      <div className="editable">
        <div className="grow">{props.children}</div>
        <IconButton small icon={Pencil} label={t('entity.edit', { what: props.label })} onClick={() => setDraft(props.value)} />
      </div>
    );
  const field = { label: props.label, value: draft, autoFocus: true, error: error?.message };
  return (
    <form className="stack editing" onSubmit={save} onKeyDown={onFormKey({ send: save, leave: leave })}>
      {props.long ? (
        <TextArea {...field} rows={8} onChange={(event) => setDraft(event.target.value)} />
      ) : (
        <TextField {...field} onChange={(event) => setDraft(event.target.value)} />
      )}
      {props.long && preview ? (
        <div className="prose-preview panel">
          <ProseView text={draft} />
        </div>
      ) : null}
      <div className="row">
        <Button kind="primary" type="submit" disabled={busy}>
          {t('ui.save')}
        </Button>
        <Button onClick={leave}>{t('ui.cancel')}</Button>
        {props.long ? (
          <Button kind="quiet" aria-pressed={preview} onClick={() => setPreview(!preview)}>
            {t('property.preview')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
