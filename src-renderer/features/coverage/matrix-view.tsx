import { Download, Grid3x3 } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { attackDomains, type AttackDomain, type Matrix } from '#shared/contract/coverage.ts';
import { fetchExport, saveFile, useAction, useQuery } from '#renderer/client/index.ts';
import { entityHref } from '#renderer/features/knowledge/index.ts';
import {
  Button,
  Check,
  Empty,
  Failed,
  go,
  LinkButton,
  Loading,
  Notice,
  Segments,
  Select,
  useText,
  type ViewProps,
  actionOf,
} from '#renderer/ui/index.ts';
import { matrixKeys } from './matrix-keys.ts';
import { MatrixColumn } from './matrix-column.tsx';
import { busiest, type CellLike, layOut, type Place, scaleSteps, stepOf } from './scale.ts';
import './matrix.css';

/** The ATT&CK matrix of one domain, coloured by what the workspace's own threats use. */
export function MatrixView({ place: { query } }: ViewProps) {
  const t = useText();
  const domain = attackDomains.find((one) => one === query.get('domain')) ?? 'enterprise-attack';
  const { data, error, reload } = useQuery((client, signal) => client.coverage.getMatrix({ domain }, { signal }), [domain]);
  const exported = useAction(async (client) => {
    const { file, fileName } = await fetchExport(client, { format: 'navigator-layer' });
    saveFile(file, fileName);
  });
  return (
    <div className="view-fill matrix-view">
      <div className="view-head">
        <h1>{t('matrix.title')}</h1>
        {data ? (
          <span className="shown">
            {t('matrix.counts', {
              techniques: t.number(data.techniques),
              subTechniques: t.number(data.subTechniques),
              used: t.number(data.used),
            })}
            {data.version ? ` · ${t('matrix.version', { version: data.version })}` : ''}
          </span>
        ) : null}
      </div>
      <div className="filters">
        <Segments<AttackDomain>
          label={t('matrix.domain')}
          value={domain}
          options={attackDomains.map((one) => ({ value: one, label: t(`matrix.${one}`) }))}
          onChange={(one) => go(`#/matrix?domain=${one}`)}
        />
        <Button icon={Download} disabled={exported.busy || !data || data.tactics.length === 0} onClick={() => void exported.run()}>
          {t('matrix.export')}
        </Button>
      </div>
      {exported.error ? (
        <Notice kind="bad">
          <p>{exported.error.message}</p>
        </Notice>
      ) : null}
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data && data.tactics.length === 0 ? (
        <Empty icon={Grid3x3} title={t('matrix.none')} action={<LinkButton href="#/packs">{t('nav.packs')}</LinkButton>}>
          {t('matrix.none.hint')}
        </Empty>
      ) : null}
      {data && data.domain === domain && data.tactics.length > 0 ? <Board key={domain} matrix={data} /> : null}
    </div>
  );
}

type By = 'own' | 'all';

function Board({ matrix }: { matrix: Matrix }) {
  const t = useText();
  const [by, setBy] = useState<By>('own');
  const [platform, setPlatform] = useState('');
  const [onlyUsed, setOnlyUsed] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [at, setAt] = useState({ column: 0, row: 0 });
  const [hovered, setHovered] = useState<Place | undefined>();
  const grid = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  const count = (cell: CellLike) => (by === 'own' ? cell.usedBy : cell.usedByAll);
  const bounds = useMemo(() => scaleSteps(busiest(matrix, count)), [matrix, by]);
  const keep = (cell: CellLike) => (platform === '' || cell.platforms.includes(platform)) && (!onlyUsed || count(cell) > 0);
  const columns = layOut(matrix, opened, keep);
  const standing = columns[at.column]?.[at.row];
  const shown = hovered ?? standing;
  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    grid.current?.querySelector<HTMLElement>('[data-at="true"]')?.focus();
  });
  const stand = (column: number, row: number) => {
    moved.current = true;
    setAt({ column, row: Math.max(0, Math.min((columns[column]?.length ?? 1) - 1, row)) });
  };
  const toggle = (column: number, place: Place) => {
    const key = `${matrix.tactics[column]?.id} ${place.technique.id}`;
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  const nextColumn = (from: number, step: 1 | -1) => {
    for (let column = from + step; column >= 0 && column < columns.length; column += step)
      if ((columns[column]?.length ?? 0) > 0) return column;
    return from;
  };
  const onKey = (event: KeyboardEvent) => {
    const { column, row } = at;
    const act = actionOf(matrixKeys, event);
    if (act === 'down') stand(column, row + 1);
    else if (act === 'up') stand(column, row - 1);
    else if (act === 'right') stand(nextColumn(column, 1), row);
    else if (act === 'left') stand(nextColumn(column, -1), row);
    else if (act === 'first') stand(column, 0);
    else if (act === 'last') stand(column, (columns[column]?.length ?? 1) - 1);
    else if (act === 'subs' && standing) toggle(column, standing);
    else if (act === 'open' && standing) go(entityHref(standing.cell.id));
    else return;
    event.preventDefault();
  };
  const allOpen = opened.size > 0;
  return (
    <>
      <div className="filters">
        <Segments<By>
          label={t('matrix.by')}
          value={by}
          options={[
            { value: 'own', label: t('matrix.by.own') },
            { value: 'all', label: t('matrix.by.all') },
          ]}
          onChange={setBy}
        />
        <Select
          bare
          label={t('matrix.platform')}
          value={platform}
          options={[{ value: '', label: t('matrix.platform.all') }, ...matrix.platforms.map((one) => ({ value: one, label: one }))]}
          onChange={setPlatform}
        />
        <Check label={t('matrix.onlyUsed')} checked={onlyUsed} onChange={(event) => setOnlyUsed(event.target.checked)} />
        <Button
          small
          kind="quiet"
          onClick={() =>
            setOpened(
              allOpen
                ? new Set()
                : new Set(
                    matrix.tactics.flatMap((tactic) =>
                      tactic.techniques.filter((one) => one.subTechniques.length > 0).map((one) => `${tactic.id} ${one.id}`),
                    ),
                  ),
            )
          }
        >
          {t(allOpen ? 'matrix.closeAll' : 'matrix.openAll')}
        </Button>
        <Legend bounds={bounds} by={by} />
      </div>
      <p className="matrix-card" role="status" aria-live="polite">
        {shown ? (
          <>
            <span className="chip chip-id">{shown.cell.externalId}</span>
            <strong>{shown.parent ? `${shown.parent.name}: ${shown.cell.name}` : shown.cell.name}</strong>
            <span>{t('matrix.usedBy', { own: shown.cell.usedBy, all: shown.cell.usedByAll })}</span>
            <span className="quiet clip">{shown.cell.platforms.join(', ')}</span>
          </>
        ) : (
          <span className="quiet">{t('matrix.keys')}</span>
        )}
      </p>
      {by === 'own' && matrix.used === 0 ? <p className="quiet small">{t('matrix.noOwn')}</p> : null}
      <div
        ref={grid}
        className="matrix panel"
        role="grid"
        aria-label={t('matrix.title')}
        onKeyDown={onKey}
        onPointerLeave={() => setHovered(undefined)}
      >
        {matrix.tactics.map((tactic, column) => (
          <MatrixColumn
            key={tactic.id}
            tactic={tactic}
            places={columns[column] ?? []}
            count={count}
            step={(cell) => stepOf(count(cell), bounds)}
            opened={(place) => opened.has(`${tactic.id} ${place.technique.id}`)}
            standing={at.column === column ? at.row : -1}
            onStand={(row) => setAt({ column, row })}
            onHover={setHovered}
            onToggle={(place) => toggle(column, place)}
          />
        ))}
      </div>
    </>
  );
}

function Legend({ bounds, by }: { bounds: readonly number[]; by: By }) {
  const t = useText();
  return (
    <div className="matrix-legend" role="group" aria-label={t('matrix.legend')}>
      <span className="quiet small">{t(by === 'own' ? 'matrix.legend.own' : 'matrix.legend.all')}</span>
      <span className="heat heat-0">0</span>
      {bounds.map((bound, index) => {
        const next = bounds[index + 1];
        const label = next === undefined ? `${bound}+` : next - 1 === bound ? `${bound}` : `${bound}–${next - 1}`;
        return (
          <span key={bound} className={`heat heat-${stepOf(bound, bounds)}`}>
            {label}
          </span>
        );
      })}
    </div>
  );
}
