import { Command } from 'cmdk';
import { ArrowRight, Bookmark, Search } from 'lucide-react';
import { useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { EntityLine, entityHref, savedViewHref, searchHref, typeLabel } from '#renderer/features/knowledge/index.ts';
import { Dialog, go, useText } from '#renderer/ui/index.ts';
import { places } from './places.ts';
import { themes, usePreferences } from './preferences.ts';

/** One box for everything: an entity by name or id, a view, a command. */
export function Palette({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [text, setText] = useState('');
  const sought = text.trim();
  const { data } = useQuery((client, signal) => client.knowledge.search({ text: sought, limit: 8 }, { signal }), [sought], {
    enabled: sought.length > 0,
  });
  const saved = useQuery((client, signal) => client.knowledge.listSavedViews(undefined, { signal }), []).data ?? [];
  const results = sought === '' ? [] : (data?.results ?? []);
  const leave = (act: () => void) => () => {
    onClose();
    act();
  };
  const fits = (name: string) => name.toLowerCase().includes(sought.toLowerCase());
  const fitting = places.filter((place) => place.group && fits(t(place.title)));
  const kept = saved.filter((view) => fits(view.name)).slice(0, sought === '' ? 4 : 12);
  const looks = themes.filter((theme) => sought !== '' && fits(t('palette.theme', { theme: t(`theme.${theme}`) })));
  return (
    <Dialog title={t('palette.title')} onClose={onClose} bare>
      <Command label={t('palette.title')} shouldFilter={false} loop className="palette">
        <div className="palette-box">
          <Search size={17} aria-hidden />
          <Command.Input autoFocus value={text} onValueChange={setText} placeholder={t('palette.placeholder')} maxLength={500} />
        </div>
        <Command.List className="palette-list" label={t('palette.results')}>
          {sought === '' ? null : (
            <Command.Item value="search" onSelect={leave(() => go(searchHref({ text: sought })))}>
              <Search size={14} aria-hidden /> {t('palette.searchFor', { text: sought })}
            </Command.Item>
          )}
          {results.length > 0 ? (
            <Command.Group heading={t('palette.entities')}>
              {results.map((result) => (
                <Command.Item key={result.id} value={result.id} onSelect={leave(() => go(entityHref(result.id)))}>
                  <EntityLine entity={result} plain />
                  <span className="palette-type">{typeLabel(t, result.type)}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {fitting.length > 0 ? (
            <Command.Group heading={t('palette.places')}>
              {fitting.map(({ name, title, icon: Symbol, letter }) => (
                <Command.Item key={name} value={`go ${name}`} onSelect={leave(() => go(`#/${name === 'home' ? '' : name}`))}>
                  <Symbol size={14} aria-hidden /> {t(title)} {letter ? <kbd>{`g ${letter}`}</kbd> : null}
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {kept.length > 0 ? (
            <Command.Group heading={t('views.palette')}>
              {kept.map((view) => (
                <Command.Item key={view.id} value={`view ${view.id}`} onSelect={leave(() => go(savedViewHref(view)))}>
                  <Bookmark size={14} aria-hidden /> {view.name}
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
          {looks.length > 0 ? (
            <Command.Group heading={t('palette.commands')}>
              {looks.map((theme) => (
                <Command.Item key={theme} value={`theme ${theme}`} onSelect={leave(() => usePreferences.setState({ theme }))}>
                  <ArrowRight size={14} aria-hidden /> {t('palette.theme', { theme: t(`theme.${theme}`) })}
                </Command.Item>
              ))}
            </Command.Group>
          ) : null}
        </Command.List>
      </Command>
    </Dialog>
  );
}
