import { ArrowDownUp, Route } from 'lucide-react';
import { useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { Check, Empty, Failed, go, IconButton, Loading, Segments, Select, Shown, useText, type ViewProps } from '#renderer/ui/index.ts';
import { pathsHref } from '../links.ts';
import { EntityPicker } from '../entity-picker.tsx';
import { PathChain, PathTable } from './path-shapes.tsx';
import './paths.css';

const hopChoices = ['4', '6', '8', '12'] as const;
const limits = ['10', '50', '100'] as const;

/** The shortest ways between two entities, as chains from left to right or as a list. */
export function PathsView({ place: { query } }: ViewProps) {
  const t = useText();
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  const [look, setLook] = useState<'chain' | 'list'>('chain');
  const [directed, setDirected] = useState(false);
  const [hops, setHops] = useState<(typeof hopChoices)[number]>('8');
  const [limit, setLimit] = useState<(typeof limits)[number]>('10');
  const entity = (id: string) => useQuery((client, signal) => client.knowledge.getEntity({ id }, { signal }), [id], { enabled: id !== '' });
  const start = entity(from);
  const end = entity(to);
  const ready = Boolean(from && to && from !== to);
  const asked = { from, to, directed, maxHops: Number(hops), limit: Number(limit) };
  const found = useQuery((client, signal) => client.knowledge.findPaths(asked, { signal }), [asked], { enabled: ready });
  const choose = (ends: { from: string; to: string }) =>
    go(pathsHref({ ...(ends.from && { from: ends.from }), ...(ends.to && { to: ends.to }) }), true);
  const shown = ready && !found.loading ? found.data : undefined;
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('paths.title')}</h1>
        {shown ? <Shown shown={shown.shown} total={shown.total} what={t('paths.what')} /> : null}
      </div>
      <div className="paths-ends">
        <EntityPicker label={t('paths.from')} chosen={from ? start.data : undefined} onChoose={({ id }) => choose({ from: id, to })} />
        <IconButton icon={ArrowDownUp} label={t('paths.swap')} disabled={!from && !to} onClick={() => choose({ from: to, to: from })} />
        <EntityPicker label={t('paths.end')} chosen={to ? end.data : undefined} onChoose={({ id }) => choose({ from, to: id })} />
      </div>
      <div className="filters">
        <Segments
          label={t('paths.look')}
          value={look}
          options={[
            { value: 'chain', label: t('paths.chain') },
            { value: 'list', label: t('paths.list') },
          ]}
          onChange={setLook}
        />
        <Select
          label={t('paths.hops')}
          bare
          value={hops}
          options={hopChoices.map((value) => ({ value, label: t('paths.atMost', { hops: Number(value) }) }))}
          onChange={setHops}
        />
        <Select
          label={t('paths.limit')}
          bare
          value={limit}
          options={limits.map((value) => ({ value, label: t('paths.show', { count: Number(value) }) }))}
          onChange={setLimit}
        />
        <Check label={t('paths.directed')} checked={directed} onChange={(event) => setDirected(event.target.checked)} />
      </div>
      {start.error ? <Failed error={start.error} /> : null}
      {end.error ? <Failed error={end.error} /> : null}
      {found.error && ready ? <Failed error={found.error} onRetry={found.reload} /> : null}
      {ready && found.loading ? <Loading label={t('paths.finding')} /> : null}
      <p className="hidden-visually" role="status">
        {shown ? t('paths.status', { count: shown.total }) : ''}
      </p>
      {!ready ? (
        <Empty icon={Route} title={t('paths.none')}>
          {t('paths.none.hint')}
        </Empty>
      ) : shown && shown.paths.length === 0 ? (
        <Empty icon={Route} title={t('paths.nothing')}>
          {t('paths.nothing.hint')}
        </Empty>
      ) : null}
      {shown && shown.paths.length > 0 ? (
        <ol className="paths">
          {shown.paths.map((path, index) => (
            <li key={path.nodes.map(({ id }) => id).join()} className="panel path">
              <h2 className="label">{t('paths.one', { number: index + 1, steps: path.edges.length })}</h2>
              {look === 'chain' ? <PathChain path={path} number={index + 1} /> : <PathTable path={path} number={index + 1} />}
            </li>
          ))}
        </ol>
      ) : null}
    </div>
  );
}
