import { X } from 'lucide-react';
import { useId } from 'react';
import type { Vocabulary } from '#shared/domain/knowledge/stix21/suggestions.ts';
import { Select, TextArea, TextField, useText, formAct } from '#renderer/ui/index.ts';
import { Words } from '../words.tsx';
import { ProseView } from './prose-view.tsx';
import type { Draft, ValueKind } from './property-kinds.ts';

/** The field for one value of a kind; what is wrong with it is said below it. */
export function ValueEditor(props: {
  label: string;
  kind: ValueKind;
  vocabulary?: Vocabulary | undefined;
  draft: Draft;
  onChange: (draft: Draft) => void;
  error?: string | undefined;
  autoFocus?: boolean;
}) {
  const t = useText();
  const id = useId();
  const { label, kind, vocabulary, draft, error } = props;
  const write = (text: string) => props.onChange({ ...draft, text });
  const field = { label, error, autoFocus: props.autoFocus ?? false };
  if (kind === 'list') return <ListEditor {...props} />;
  if (kind === 'truth' || (kind === 'choice' && vocabulary)) {
    const words = kind === 'truth' ? ['true', 'false'] : (vocabulary?.words ?? []);
    const name = (word: string) => (kind === 'truth' ? t(word === 'true' ? 'ui.yes' : 'ui.no') : word);
    const known = words.includes(draft.text) ? words : ['', ...words];
    return (
      <>
        <Select label={label} value={draft.text} options={known.map((word) => ({ value: word, label: name(word) }))} onChange={write} />
        {error ? (
          <p className="field-error" role="alert">
            {error}
          </p>
        ) : null}
      </>
    );
  }
  if (kind === 'long' || kind === 'json')
    return (
      <>
        <TextArea
          {...field}
          rows={kind === 'json' ? 10 : 6}
          spellCheck={kind === 'long'}
          value={draft.text}
          onChange={(event) => write(event.target.value)}
        />
        {kind === 'long' && /[`*#[]/.test(draft.text) ? (
          <details className="disclosure">
            <summary>{t('property.preview')}</summary>
            <div className="prose-preview panel">
              <ProseView text={draft.text} />
            </div>
          </details>
        ) : null}
      </>
    );
  return (
    <>
      <TextField
        {...field}
        hint={kind === 'time' ? t('property.time.hint') : undefined}
        inputMode={kind === 'number' ? 'decimal' : 'text'}
        list={vocabulary ? `${id}-words` : undefined}
        value={draft.text}
        onChange={(event) => write(event.target.value)}
      />
      {vocabulary ? <Words id={`${id}-words`} words={vocabulary.words} /> : null}
    </>
  );
}

function ListEditor({ label, vocabulary, draft, onChange, error, autoFocus }: Parameters<typeof ValueEditor>[0]) {
  const t = useText();
  const id = useId();
  const add = () => {
    const item = draft.text.trim();
    onChange({ text: '', items: item === '' || draft.items.includes(item) ? draft.items : [...draft.items, item] });
  };
  return (
    <div className="field" role="group" aria-label={label}>
      <span className="field-label">{label}</span>
      <span className="row list-editor input">
        {draft.items.map((item) => (
          <span key={item} className="chip">
            {item}
            <button
              type="button"
              aria-label={t('property.list.remove', { item })}
              onClick={() => onChange({ ...draft, items: draft.items.filter((other) => other !== item) })}
            >
              <X size={12} aria-hidden />
            </button>
          </span>
        ))}
        <input
          aria-label={t('property.list.add')}
          aria-describedby={`${id}-hint`}
          aria-invalid={error ? true : undefined}
          list={vocabulary ? `${id}-words` : undefined}
          autoFocus={autoFocus}
          value={draft.text}
          onChange={(event) => onChange({ ...draft, text: event.target.value })}
          onKeyDown={(event) => {
            const act = formAct(event);
            if (act === 'line' && draft.text.trim() !== '') {
              event.preventDefault();
              add();
            } else if (act === 'takeLast' && draft.text === '') onChange({ ...draft, items: draft.items.slice(0, -1) });
          }}
        />
      </span>
      {vocabulary ? <Words id={`${id}-words`} words={vocabulary.words} /> : null}
      <span id={`${id}-hint`} className={error ? 'field-error' : 'field-hint'}>
        {error ?? t('property.list.hint')}
      </span>
    </div>
  );
}
