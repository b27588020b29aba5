import { Tags } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Facet } from '#shared/contract/knowledge.ts';
import { Button, Dialog, IconButton, Notice, Select, TextField, useText } from '#renderer/ui/index.ts';
import { useChange } from './use-edit.ts';

/** Gives a tag another name on everything that has it. */
export function RenameTag({ tags }: { tags: readonly Facet[] }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  if (tags.length === 0) return null;
  return (
    <>
      <IconButton icon={Tags} label={t('tags.rename')} onClick={() => setOpen(true)} />
      {open ? <RenameDialog tags={tags} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RenameDialog({ tags, onClose }: { tags: readonly Facet[]; onClose: () => void }) {
  const t = useText();
  const [tag, setTag] = useState(tags[0]?.value ?? '');
  const [to, setTo] = useState('');
  const { run, busy, error } = useChange();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const name = to.trim();
    if (name === '' || name === tag) return;
    if (await run((client) => client.knowledge.renameTag({ tag, to: name }))) onClose();
  };
  return (
    <Dialog title={t('tags.rename')} onClose={onClose}>
      <form className="stack" onSubmit={save}>
        <Select
          label={t('tags.rename.of')}
          value={tag}
          options={tags.map(({ value, count }) => ({ value, label: `${value} (${t.number(count)})` }))}
          onChange={setTag}
        />
        <TextField label={t('tags.rename.to')} maxLength={100} value={to} onChange={(event) => setTo(event.target.value)} />
        <p className="field-hint">{t('tags.rename.hint')}</p>
        {error ? <Notice kind="bad">{error.message}</Notice> : null}
        <div className="row">
          <Button kind="primary" type="submit" disabled={busy || to.trim() === '' || to.trim() === tag}>
            {t('tags.rename.do')}
          </Button>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </Dialog>
  );
}
