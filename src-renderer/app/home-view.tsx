import { FileUp, Import } from 'lucide-react';
import type { Stats } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { FirstRun, OverviewPanels } from '#renderer/features/intel/index.ts';
import { EntityLine, exploreHref, importHref, KindGlyph, typeLabel } from '#renderer/features/knowledge/index.ts';
import { Failed, LinkButton, Loading, useText, type ViewProps } from '#renderer/ui/index.ts';
import './home.css';

/** Where one begins: in an empty workspace what to fill it with, else what stands in it. */
export function HomeView(_: ViewProps) {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.getStats(undefined, { signal }), []);
  if (error)
    return (
      <div className="view-page">
        <Failed error={error} onRetry={reload} />
      </div>
    );
  if (!data) return <Loading />;
  const total = Object.values(data.objects).reduce((sum, count) => sum + count, 0);
  if (total > 0) return <Overview stats={data} total={total} />;
  return (
    <div className="view-page">
      <div>
        <h1 className="home-title">{t('first.title')}</h1>
        <p className="quiet">{t('first.hint')}</p>
      </div>
      <FirstRun
        files={
          <section className="panel first-choice" aria-labelledby="first-files">
            <h2 id="first-files">{t('first.files')}</h2>
            <p className="quiet">{t('first.files.hint')}</p>
            <LinkButton href={importHref} icon={FileUp}>
              {t('first.files.do')}
            </LinkButton>
          </section>
        }
      />
    </div>
  );
}

function Overview({ stats, total }: { stats: Stats; total: number }) {
  const t = useText();
  const relationships = Object.values(stats.relationships).reduce((sum, count) => sum + count, 0);
  const types = Object.entries(stats.objects).sort((a, b) => b[1] - a[1]);
  return (
    <div className="view-page">
      <div className="home-head">
        <div>
          <h1 className="home-title">{t('home.title')}</h1>
          <p className="quiet">
            {t('home.counts', { objects: t.number(total), relationships: t.number(relationships), types: types.length })}
          </p>
        </div>
      </div>
      <OverviewPanels />
      <div className="home-columns">
        <section className="stack" aria-labelledby="home-kinds">
          <h2 id="home-kinds">{t('home.kinds')}</h2>
          <ul className="kinds">
            {types.map(([type, count]) => (
              <li key={type}>
                <a className="kind" href={exploreHref({ types: [type] })}>
                  <KindGlyph type={type} size={15} />
                  <span className="grow clip">{typeLabel(t, type)}</span>
                  <b>{t.number(count)}</b>
                </a>
              </li>
            ))}
          </ul>
        </section>
        <div className="stack home-side">
          <OwnTechniques />
          <RecentImports />
          <MostLinked />
        </div>
      </div>
    </div>
  );
}

function OwnTechniques() {
  const t = useText();
  const { data } = useQuery((client, signal) => client.coverage.getMatrix({ domain: 'enterprise-attack' }, { signal }), []);
  if (!data || data.tactics.length === 0) return null;
  const cells = new Map(
    data.tactics.flatMap((tactic) => tactic.techniques.flatMap((one) => [one, ...one.subTechniques])).map((cell) => [cell.id, cell]),
  );
  const used = [...cells.values()].filter((cell) => cell.usedBy > 0).sort((a, b) => b.usedBy - a.usedBy || b.usedByAll - a.usedByAll);
  const most = used[0]?.usedBy ?? 1;
  return (
    <section className="panel home-panel" aria-labelledby="home-techniques">
      <div className="view-head">
        <h2 id="home-techniques">{t('home.techniques')}</h2>
        <a href="#/matrix">{t('nav.matrix')}</a>
      </div>
      {used.length === 0 ? (
        <p className="quiet">{t('home.techniques.none')}</p>
      ) : (
        <ol>
          {used.slice(0, 8).map((cell) => (
            <li key={cell.id} className="home-bar">
              <EntityLine entity={{ ...cell, type: 'attack-pattern' }} />
              <span className="home-bar-track" aria-hidden="true">
                <span style={{ width: `${(cell.usedBy / most) * 100}%` }} />
              </span>
              <b>{t.number(cell.usedBy)}</b>
            </li>
          ))}
        </ol>
      )}
      {used.length > 8 ? <p className="shown">{t('ui.shown', { shown: 8, total: used.length, what: '' }).trim()}</p> : null}
    </section>
  );
}

function RecentImports() {
  const t = useText();
  const { data } = useQuery((client, signal) => client.knowledge.listImports(undefined, { signal }), []);
  return (
    <section className="panel home-panel" aria-labelledby="home-imports">
      <div className="view-head">
        <h2 id="home-imports">{t('home.imports')}</h2>
        <a href={importHref}>{t('nav.import')}</a>
      </div>
      {data?.length === 0 ? <p className="quiet">{t('home.imports.none')}</p> : null}
      <ul>
        {data?.slice(0, 5).map((record) => (
          <li key={record.importId} className="home-line">
            <Import size={14} aria-hidden />
            <a className="grow clip" href={exploreHref({ importId: record.importId })}>
              {record.file}
            </a>
            <span className="quiet small">{t(`imports.${record.state}`)}</span>
            <span className="quiet small">{t.time(record.startedAt)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function MostLinked() {
  const t = useText();
  const { data } = useQuery(
    (client, signal) =>
      client.knowledge.listEntities(
        { types: ['x-redoubt-asset', 'intrusion-set', 'threat-actor', 'malware', 'campaign'], sort: 'degree', descending: true, limit: 6 },
        { signal },
      ),
    [],
  );
  if (!data || data.rows.length === 0) return null;
  return (
    <section className="panel home-panel" aria-labelledby="home-linked">
      <h2 id="home-linked">{t('home.linked')}</h2>
      <ul>
        {data.rows.map((row) => (
          <li key={row.id} className="home-line">
            <span className="grow">
              <EntityLine entity={row} />
            </span>
            <span className="quiet small">{t('home.links', { count: row.degree })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
