import { CalendarClock, EyeOff, FileUp, Radar, ServerCrash, Swords } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Overview } from '#shared/contract/intel.ts';
import { decisions } from '#shared/domain/intel/priority.ts';
import { useQuery } from '#renderer/client/index.ts';
import { EntityLine, exploreHref, importHref, MainsBanner } from '#renderer/features/knowledge/index.ts';
import { Button, Failed, type Icon, LinkButton, Loading, Notice, useText } from '#renderer/ui/index.ts';
import { matchesHref } from '../matches/links.ts';
import { DecisionChip, GradeWord } from '../matches/match-parts.tsx';
import { OrganisationDialog } from './organisation.tsx';
import { lastVisit } from './visit.ts';
import '../matches/matches.css';
import './overview.css';

/** What of the imported threats matters on the user's own assets. */
export function OverviewPanels() {
  const t = useText();
  const [now] = useState(() => Date.now());
  const [since] = useState(() => lastVisit(now));
  const { data, error, reload } = useQuery(
    (client, signal) => client.intel.getOverview(since === undefined ? {} : { since }, { signal }),
    [since],
    {
      refreshOn: 'matches',
    },
  );
  const [asking, setAsking] = useState(false);
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  return (
    <section className="overview" aria-labelledby="overview-title">
      <div className="view-head">
        <h2 id="overview-title">{t('overview.title')}</h2>
        {data.newSince !== null && since !== undefined ? (
          <span className="quiet">{t('overview.new', { count: data.newSince, since: t.time(since) })}</span>
        ) : null}
        <span className="grow" />
        {data.state.stale ? (
          <span className="quiet small" role="status">
            {t('matches.computing')}
          </span>
        ) : null}
        <a href={matchesHref()}>{t('overview.all')}</a>
      </div>
      <MainsBanner />
      <FirstStep overview={data} />
      {data.assets > 0 && data.state.kept > 0 ? <Decisions overview={data} /> : null}
      {data.state.found > data.state.kept ? (
        <p className="shown">{t('matches.capped', { found: t.number(data.state.found), kept: t.number(data.state.kept) })}</p>
      ) : null}
      {data.assets > 0 ? (
        <div className="overview-panels">
          <AssetsAtRisk overview={data} />
          <div className="overview-side">
            <Exploited overview={data} now={now} />
            <Groups overview={data} onAsk={() => setAsking(true)} />
            <Rules overview={data} />
            <BlindSpots overview={data} />
          </div>
        </div>
      ) : null}
      <Freshness overview={data} now={now} />
      {asking ? <OrganisationDialog organisation={data.organisation} onClose={() => setAsking(false)} /> : null}
    </section>
  );
}

interface Part {
  readonly overview: Overview;
}

/** The next step, where a side of the matching is missing. */
function FirstStep({ overview: { assets, vulnerabilities, state } }: Part) {
  const t = useText();
  const step =
    assets === 0
      ? (['overview.none.title', 'overview.none'] as const)
      : vulnerabilities === 0
        ? (['overview.noThreats.title', 'overview.noThreats'] as const)
        : undefined;
  if (step)
    return (
      <Notice
        kind="info"
        title={t(step[0])}
        action={
          <LinkButton href={importHref} icon={FileUp}>
            {t('overview.import')}
          </LinkButton>
        }
      >
        <p>{t(step[1], { assets: t.number(assets) })}</p>
      </Notice>
    );
  if (state.kept === 0 && !state.stale)
    return (
      <Notice kind="info">
        <p>{t('overview.noMatches', { assets: t.number(assets) })}</p>
      </Notice>
    );
  return null;
}

function Decisions({ overview }: Part) {
  const t = useText();
  return (
    <div className="overview-all">
      {/* The tiles below say the same in numbers. */}
      <div className="overview-share" aria-hidden>
        {[...decisions].reverse().map((decision) => (
          <span key={decision} className={`overview-${decision}`} style={{ flexGrow: overview.decisions[decision] }} />
        ))}
      </div>
      <ul className="overview-decisions" aria-label={t('overview.decisions')}>
        {[...decisions].reverse().map((decision) => (
          <li key={decision}>
            <a href={matchesHref({ decision })} className={`panel overview-decision overview-${decision}`}>
              <b>{t.number(overview.decisions[decision])}</b>
              <span>{t(`matches.decision.${decision}`)}</span>
              <span className="quiet small">{t(`overview.decision.${decision}`)}</span>
              {overview.possible[decision] > 0 ? (
                <span className="quiet small">{t('overview.possible', { count: overview.possible[decision] })}</span>
              ) : null}
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Panel({
  name,
  title,
  icon: Symbol,
  more,
  children,
}: {
  name: string;
  title: string;
  icon: Icon;
  more?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="panel home-panel" aria-labelledby={`overview-${name}`}>
      <div className="view-head">
        <h2 id={`overview-${name}`} className="overview-heading">
          <Symbol size={16} aria-hidden /> {title}
        </h2>
        {more}
      </div>
      {children}
    </section>
  );
}

function More({ shown, total }: { shown: number; total: number }) {
  const t = useText();
  return total > shown ? <p className="shown">{t('overview.more', { count: t.number(total - shown) })}</p> : null;
}

function AssetsAtRisk({ overview: { assetsAtRisk } }: Part) {
  const t = useText();
  return (
    <Panel name="assets" title={t('overview.assets')} icon={ServerCrash}>
      {assetsAtRisk.total === 0 ? <p className="quiet">{t('overview.assets.none')}</p> : null}
      <ul className="match-lines">
        {assetsAtRisk.rows.map(({ asset, worst, matches, exploited, exposure, criticality }) => (
          <li key={asset.id}>
            <p className="row">
              <DecisionChip match={worst} />
              <EntityLine entity={asset} />
              <span className="grow" />
              <a className="small" href={matchesHref({ id: asset.id })}>
                {t('overview.matches', { count: matches })}
              </a>
            </p>
            <p className="quiet small">
              {[
                exploited > 0 ? t('overview.exploited', { count: exploited }) : '',
                exposure ? t(`matches.exposure.${exposure as 'internet' | 'partner' | 'internal' | 'isolated'}`) : '',
                criticality === null ? '' : `${t('matches.criticality')} ${criticality}`,
              ]
                .filter((part) => part !== '')
                .join(' · ')}
            </p>
            <p className="small">{worst.because}</p>
          </li>
        ))}
      </ul>
      <More {...assetsAtRisk} />
    </Panel>
  );
}

function Exploited({ overview: { exploitedOnExposed }, now }: Part & { now: number }) {
  const t = useText();
  const today = new Date(now).toISOString().slice(0, 10);
  return (
    <Panel
      name="kev"
      title={t('overview.kev')}
      icon={CalendarClock}
      more={
        exploitedOnExposed.total > 0 ? (
          <a href={matchesHref({ kev: true })}>{t('matches.block.all', { count: exploitedOnExposed.total })}</a>
        ) : null
      }
    >
      {exploitedOnExposed.total === 0 ? <p className="quiet">{t('overview.kev.none')}</p> : null}
      <ul className="match-lines">
        {exploitedOnExposed.rows.map(({ threat, due, ransomware, assets, first, grade }) => (
          <li key={threat.id}>
            <p className="row">
              <EntityLine entity={threat} />
              {ransomware ? <span className="chip chip-bad">{t('overview.ransomware')}</span> : null}
              <GradeWord grade={grade} />
              <span className="grow" />
              {due ? (
                <span className={due < today ? 'small overview-overdue' : 'small'}>
                  {t(due < today ? 'overview.kev.overdue' : 'overview.kev.due', { date: t.date(due) })}
                </span>
              ) : null}
            </p>
            <a className="quiet small" href={matchesHref({ id: threat.id })}>
              {assets === 1
                ? t('overview.kev.on', { asset: first.name })
                : t('overview.kev.onMore', { asset: first.name, count: assets - 1 })}
            </a>
          </li>
        ))}
      </ul>
      <More {...exploitedOnExposed} />
    </Panel>
  );
}

function Groups({ overview: { groups, organisation, platforms }, onAsk }: Part & { onAsk: () => void }) {
  const t = useText();
  const told = organisation !== null && organisation.sectors.length + organisation.countries.length > 0;
  return (
    <Panel
      name="groups"
      title={t('overview.groups')}
      icon={Swords}
      more={
        <Button small kind="quiet" onClick={onAsk}>
          {told ? `${organisation.name}: ${t('organisation.change')}` : t('organisation.set')}
        </Button>
      }
    >
      {groups.total === 0 ? <p className="quiet">{t(told ? 'overview.groups.none' : 'overview.groups.ask')}</p> : null}
      <ul className="match-lines">
        {groups.rows.map(({ group, because, techniques, onYourPlatforms }) => (
          <li key={group.id}>
            <EntityLine entity={group} />
            <p className="small">{because}</p>
            <p className="quiet small">
              {platforms.length > 0 && techniques > 0
                ? t('overview.groups.techniques', { techniques, fits: onYourPlatforms, platforms: platforms.join(', ') })
                : t('overview.groups.noPlatforms', { techniques })}
            </p>
          </li>
        ))}
      </ul>
      <More {...groups} />
    </Panel>
  );
}

/** Sigma rules by whether their log is there. */
function Rules({ overview: { detection } }: Part) {
  const t = useText();
  if (!detection) return null;
  const { rules, runs, perhaps, ownSources, wanted } = detection;
  return (
    <Panel name="rules" title={t('logs.title')} icon={Radar}>
      <p className="small">
        {ownSources === 0 ? t('logs.unknown', { rules: t.number(rules) }) : t('logs.of', { runs: t.number(runs), rules: t.number(rules) })}{' '}
        {perhaps > 0 ? t('logs.perhaps', { count: perhaps }) : ''}
      </p>
      {wanted.length > 0 ? (
        <>
          <h3 className="label">{t('logs.wanted')}</h3>
          <ul>
            {wanted.map(({ source, rules: count }) => (
              <li key={source.id} className="home-line">
                <EntityLine entity={source} />
                <span className="quiet small">{t('logs.rules', { count })}</span>
              </li>
            ))}
          </ul>
          {ownSources === 0 ? <p className="quiet small">{t('logs.how')}</p> : null}
        </>
      ) : null}
    </Panel>
  );
}

function BlindSpots({ overview: { blindSpots } }: Part) {
  const t = useText();
  return (
    <Panel
      name="blind"
      title={t('overview.blind')}
      icon={EyeOff}
      more={<a href={exploreHref({ types: ['x-redoubt-asset'] })}>{t('nav.explore')}</a>}
    >
      <p className="quiet small">{t(blindSpots.total === 0 ? 'overview.blind.none' : 'overview.blind.about')}</p>
      <ul>
        {blindSpots.rows.map((asset) => (
          <li key={asset.id} className="home-line">
            <EntityLine entity={asset} />
          </li>
        ))}
      </ul>
      <More {...blindSpots} />
    </Panel>
  );
}

function Freshness({ overview: { freshness }, now }: Part & { now: number }) {
  const t = useText();
  const days = (at: string) => Math.max(0, Math.floor((now - Date.parse(at)) / 86_400_000));
  return (
    <section className="overview-fresh" aria-labelledby="overview-fresh">
      <h2 id="overview-fresh" className="label">
        {t('overview.fresh')}
      </h2>
      {freshness.length === 0 ? <p className="quiet small">{t('overview.fresh.none')}</p> : null}
      <ul>
        {freshness.map(({ format, source, at }) => (
          <li key={format} className="chip" title={`${source}, ${t.time(at)}`}>
            {`${format}: ${t('overview.fresh.days', { days: days(at) })}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
