import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { suggestedVerbs } from '#shared/domain/knowledge/stix21/suggestions.ts';
import type { Entity, EntitySummary } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Button, Segments, TextField, useText } from '#renderer/ui/index.ts';
import { EntityLine, relationLabel, typeLabel } from '../entity-parts.tsx';
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
  const save = async (event: FormEvent) => {
    event.preventDefault();
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
    <form
      className="stack editing panel relate"
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
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
        <EntityCombobox label={t('relate.target')} chosen={target} onChoose={setTarget} />
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

/** Chooses one entity by searching; arrows walk the answers, Enter takes one. */
export function EntityCombobox(props: {
  label: string;
  chosen: EntitySummary | undefined;
  onChoose: (entity: EntitySummary | undefined) => void;
}) {
  const t = useText();
  const id = useId();
  const [text, setText] = useState<string | undefined>();
  const [at, setAt] = useState(0);
  const sought = text?.trim() ?? '';
  const { data } = useQuery((client, signal) => client.knowledge.search({ text: sought, limit: 10 }, { signal }), [sought], {
    enabled: sought !== '',
  });
  const results = sought === '' ? [] : (data?.results ?? []);
  const open = results.length > 0;
  const take = (result: EntitySummary | undefined) => {
    if (!result) return;
    setText(undefined);
    props.onChoose(result);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(results.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
    else if (event.key === 'Enter' && open) take(results[at]);
    else if (event.key === 'Escape' && open) setText(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="field entity-combobox">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        className="input"
        role="combobox"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-activedescendant={open ? `${id}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={500}
        placeholder={t('relate.search')}
        value={text ?? props.chosen?.name ?? ''}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          props.onChoose(undefined);
        }}
        onBlur={() => setText(undefined)}
        onKeyDown={onKey}
      />
      <div id={`${id}-list`} role="listbox" aria-label={props.label} className="combobox-list panel" hidden={!open}>
        {results.map((result, index) => (
          <div
            key={result.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // Before the field loses the focus, which would close the list.
            onPointerDown={(event) => {
              event.preventDefault();
              take(result);
            }}
          >
            <EntityLine entity={result} plain />
            <span className="quiet small">{typeLabel(t, result.type)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
