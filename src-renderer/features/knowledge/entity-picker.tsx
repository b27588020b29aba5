import { type KeyboardEvent, useId, useState } from 'react';
import type { EntitySummary } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { listAct, useText } from '#renderer/ui/index.ts';
import { EntityLine, typeLabel } from './entity-parts.tsx';
import './entity-picker.css';

/** Chooses one entity by searching: arrows walk the answers, Enter takes one. */
export function EntityPicker({
  label,
  chosen,
  onChoose,
  onClear,
}: {
  label: string;
  chosen: EntitySummary | undefined;
  onChoose: (entity: EntitySummary) => void;
  /** Told when something else is typed: what was chosen no longer counts. Without it, it stays until another is taken. */
  onClear?: () => void;
}) {
  const t = useText();
  const id = useId();
  const [text, setText] = useState<string | undefined>();
  const [at, setAt] = useState(0);
  const sought = text?.trim() ?? '';
  const { data } = useQuery((client, signal) => client.knowledge.search({ text: sought, limit: 12 }, { signal }), [sought], {
    enabled: sought !== '',
  });
  const results = sought === '' ? [] : (data?.results ?? []);
  const open = text !== undefined && results.length > 0;
  const take = (result: EntitySummary | undefined) => {
    if (!result) return;
    setText(undefined);
    onChoose(result);
  };
  const onKey = (event: KeyboardEvent) => {
    const act = listAct(event);
    if (act === 'down') setAt(Math.min(results.length - 1, at + 1));
    else if (act === 'up') setAt(Math.max(0, at - 1));
    else if (act === 'open' && open) take(results[at]);
    else if (event.key === 'Escape' && text !== undefined) setText(undefined);
    else return;
    event.preventDefault();
    // A form around it neither closes nor sends meanwhile.
    event.stopPropagation();
  };
  return (
    <div className="field picker">
      <label htmlFor={id}>{label}</label>
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
        placeholder={t('paths.search')}
        value={text ?? chosen?.name ?? ''}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          onClear?.();
        }}
        onBlur={() => setText(undefined)}
        onKeyDown={onKey}
      />
      <div id={`${id}-list`} role="listbox" aria-label={label} className="picker-list panel" hidden={!open}>
        {results.map((result, index) => (
          <div
            key={result.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
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
