import { type FormEvent, useId, useState } from 'react';
import { suggestedVerbs } from '#shared/domain/knowledge/stix21/suggestions.ts';
import type { Entity, EntitySummary } from '#shared/contract/knowledge.ts';
import { Button, Segments, TextField, useText, onFormKey } from '#renderer/ui/index.ts';
import { relationLabel } from '../entity-parts.tsx';
import { EntityPicker } from '../entity-picker.tsx';
import { useChange } from '../use-edit.ts';
import { Words } from '../words.tsx';

/** Relates this entity to another: the verb as STIX suggests it, the other end by searching. */
export function RelateForm({ entity, onClose }: { entity: Entity; onClose: () => void }) {
  const t = useText();
  const id = useId();
  const [direction, setDirection] = useState<'out' | 'in'>('out');
  const [verb, setVerb] = useState('');
  const [target, setTarget] = useState<EntitySummary | undefined>();
  const [description, setDescription] = useState('');
  const [tried, setTried] = useState(false);
  const { run, busy, error } = useChange();
  const source = direction === 'out' ? entity.type : target?.type;
  const right = /^[a-z0-9-]{3,250}$/.test(verb);
  const save = async (event?: FormEvent) => {
    event?.preventDefault();
    setTried(true);
    if (!target || !right) return;
    const [from, to] = direction === 'out' ? [entity.id, target.id] : [target.id, entity.id];
    const words = description.trim();
    const done = await run(
      (client) =>
        client.knowledge.createRelationship({
          source: from,
          relationshipType: verb,
          target: to,
          ...(words !== '' && { description: words }),
        }),
      t('relate.done', { relation: relationLabel(t, verb, direction), name: target.name }),
    );
    if (done) onClose();
  };
  return (
    <form className="stack editing panel relate" onSubmit={save} onKeyDown={onFormKey({ send: save, leave: onClose })}>
      <div className="relate-ends">
        <div className="field">
          <span className="field-label">{t('relate.direction')}</span>
          <Segments
            label={t('relate.direction')}
            value={direction}
            options={[
              { value: 'out', label: t('relate.out') },
              { value: 'in', label: t('relate.in') },
            ]}
            onChange={setDirection}
          />
        </div>
        <TextField
          label={t('relate.type')}
          hint={t('relate.type.hint')}
          list={`${id}-verbs`}
          autoFocus
          spellCheck={false}
          value={verb}
          onChange={(event) => setVerb(event.target.value.trim().toLowerCase())}
        />
        <Words id={`${id}-verbs`} words={suggestedVerbs(source ?? '')} />
        <EntityPicker label={t('relate.target')} chosen={target} onChoose={setTarget} onClear={() => setTarget(undefined)} />
      </div>
      <TextField
        label={t('relate.description')}
        maxLength={10_000}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
      />
      {error || (tried && (!target || !right)) ? (
        <p className="field-error" role="alert">
          {error?.message ?? t('relate.incomplete')}
        </p>
      ) : null}
      <div className="row">
        <Button kind="primary" type="submit" disabled={busy}>
          {t('relate.do')}
        </Button>
        <Button onClick={onClose}>{t('ui.cancel')}</Button>
      </div>
    </form>
  );
}
