import { Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { Button, Empty, Failed, go, LinkButton, listAct, Shown, useText, type ViewProps } from '#renderer/ui/index.ts';
import { EntityFilters, engineFilters } from '../entity-filters.tsx';
import { EntityLine, EntityMarks, typeLabel } from '../entity-parts.tsx';
import { entityHref, fromQuery, importHref, type ListPlace, searchHref, toQuery } from '../links.ts';
import { SavedViews } from '../saved-views.tsx';
import { useUndoKeys } from '../use-edit.ts';
import '../lists.css';

const step = 40;

/** Search as you type: an older question is cancelled by a newer one; arrows walk the answers from the box. */
export function SearchView({ place: { query } }: ViewProps) {
  const t = useText();
  const id = useId();
  const place: ListPlace = fromQuery(query);
  useUndoKeys();
  const [text, setText] = useState(place.text ?? '');
  const [active, setActive] = useState(0);
  const [limit, setLimit] = useState(step);
  const box = useRef<HTMLInputElement>(null);
  const typed = useRef(text);
  useEffect(() => {
    box.current?.focus();
  }, []);
  useEffect(() => {
    // The address may change from outside: Back, or a search from the command palette.
    if (place.text !== undefined && place.text !== typed.current) {
      typed.current = place.text;
      setText(place.text);
    }
  }, [place.text]);
  const change = (next: ListPlace) => {
    typed.current = next.text ?? '';
    setActive(0);
    setLimit(step);
    go(searchHref(next), true);
  };
  const asked = { text: text.trim(), ...engineFilters(place), limit };
  const answer = useQuery((client, signal) => client.knowledge.search(asked, { signal }), [asked]);
  const results = answer.data?.results ?? [];
  const at = Math.min(active, results.length - 1);
  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, at]);
  const onKey = (event: KeyboardEvent) => {
    const chosen = results[at];
    const act = listAct(event);
    if (act === 'down') setActive(Math.min(results.length - 1, at + 1));
    else if (act === 'up') setActive(Math.max(0, at - 1));
    else if (act === 'open' && chosen) go(entityHref(chosen.id));
    else return;
    event.preventDefault();
  };
  return (
    <div className="view-fill">
      <div className="view-head explore-head">
        <h1>{t('search.title')}</h1>
        {answer.data ? (
          <Shown shown={answer.data.shown} total={answer.data.total} atLeast={answer.data.atLeast} what={t('search.what')} />
        ) : null}
        <span className="grow" />
        <SavedViews list="search" now={{ query: toQuery(place).replace(/^\?/, '') }} />
      </div>
      <div className="search-box">
        <Search size={18} aria-hidden />
        <input
          ref={box}
          className="input"
          type="text"
          role="combobox"
          aria-label={t('search.box')}
          aria-expanded={results.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
          placeholder={t('search.placeholder')}
          autoComplete="off"
          spellCheck={false}
          maxLength={500}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            change({ ...place, text: event.target.value });
          }}
          onKeyDown={onKey}
        />
      </div>
      <EntityFilters place={place} onChange={change} types={answer.data?.types} />
      {answer.error ? <Failed error={answer.error} onRetry={answer.reload} /> : null}
      {answer.data?.corrected ? (
        <p role="status">
          {t('search.corrected', { text: text.trim() })} <strong>{answer.data.corrected}</strong>
        </p>
      ) : null}
      <div className="hidden-visually" role="status">
        {answer.data ? t('search.status', { total: answer.data.total }) : ''}
      </div>
      {answer.data && results.length === 0 ? (
        <Empty
          icon={Search}
          title={t(text.trim() ? 'search.none' : 'search.empty')}
          action={<LinkButton href={importHref}>{t('nav.import')}</LinkButton>}
        >
          {t('search.none.hint')}
        </Empty>
      ) : (
        <div
          className="results panel"
          role="listbox"
          id={`${id}-list`}
          aria-label={t('search.results')}
          hidden={results.length === 0}
          aria-busy={answer.loading}
        >
          {results.map((result, index) => (
            <div
              key={result.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              onClick={() => go(entityHref(result.id))}
              onKeyDown={onKey}
            >
              <EntityLine entity={result} plain />
              <span className="row">
                <EntityMarks entity={result} />
                <span className="quiet small">{typeLabel(t, result.type)}</span>
              </span>
              {result.matched && result.matched !== result.name ? <span className="matched clip">{result.matched}</span> : null}
            </div>
          ))}
        </div>
      )}
      {answer.data && answer.data.total > results.length && limit < 200 ? (
        <div>
          <Button onClick={() => setLimit(Math.min(200, limit + step))}>{t('ui.more')}</Button>
        </div>
      ) : null}
    </div>
  );
}
