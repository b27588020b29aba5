import { Crosshair, RefreshCw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { type Match, matchKinds } from '#shared/contract/intel.ts';
import { decisions, grades } from '#shared/domain/intel/priority.ts';
import { useAction, useQuery } from '#renderer/client/index.ts';
import { EntityLine, importHref, usePages } from '#renderer/features/knowledge/index.ts';
import {
  Button,
  Check,
  Empty,
  FacetMenu,
  Failed,
  type GridColumn,
  go,
  LinkButton,
  Loading,
  Segments,
  Shown,
  useText,
  type ViewProps,
  VirtualGrid,
} from '#renderer/ui/index.ts';
import { DecisionChip, ExploitedChip, GradeWord } from './match-parts.tsx';
import { MatchSide } from './match-side.tsx';
import './matches.css';

const exposures = ['internet', 'partner', 'internal', 'isolated'] as const;
const judgedness = ['open', 'judged', 'all'] as const;
const sorts = ['priority', 'asset', 'threat', 'firstSeen'] as const;
type Sort = (typeof sorts)[number];
const only = <T extends string>(known: readonly T[], values: readonly string[]) => known.filter((one) => values.includes(one));

/** Imported threats that fit the assets: filtered, sorted and paged by the engine; a match opens beside the table. */
export function MatchesView({ place: { query } }: ViewProps) {
  const t = useText();
  const [kind, setKind] = useState<'all' | (typeof matchKinds)[number]>(only(matchKinds, query.getAll('kind'))[0] ?? 'all');
  const [wantedDecisions, setDecisions] = useState<string[]>(query.getAll('decision'));
  const [wantedGrades, setGrades] = useState<string[]>([]);
  const [wantedExposures, setExposures] = useState<string[]>(query.getAll('exposure'));
  const [kev, setKev] = useState(query.get('kev') === '1');
  const [judged, setJudged] = useState<(typeof judgedness)[number]>('open');
  const [text, setText] = useState('');
  const [sort, setSort] = useState<{ key: Sort; descending: boolean }>({ key: 'priority', descending: false });
  const [selected, setSelected] = useState(-1);
  const [judging, setJudging] = useState(0);
  const id = query.get('id') ?? undefined;
  const asked = {
    ...(kind !== 'all' && { kinds: [kind] }),
    ...(wantedDecisions.length > 0 && { decisions: only(decisions, wantedDecisions) }),
    ...(wantedGrades.length > 0 && { grades: only(grades, wantedGrades) }),
    ...(wantedExposures.length > 0 && { exposures: only(exposures, wantedExposures) }),
    ...(text.trim() !== '' && { text: text.trim() }),
    ...(id !== undefined && { id }),
    kev,
    judged,
    sort: sort.key,
    descending: sort.descending,
  };
  const pages = usePages<Match>(
    (client, offset, limit, signal) => client.intel.listMatches({ ...asked, offset, limit }, signal ? { signal } : {}),
    JSON.stringify(asked),
    'matches',
  );
  const state = useQuery((client, signal) => client.intel.getMatchState(undefined, { signal }), [], { refreshOn: 'matches' }).data;
  const refresh = useAction((client) => client.intel.refreshMatches());
  const columns = useMemo(
    (): GridColumn<Match>[] => [
      {
        key: 'priority',
        title: t('matches.decision'),
        width: '7.5rem',
        sortable: true,
        cell: (row) => <DecisionChip match={row} />,
      },
      {
        key: 'asset',
        title: t('matches.asset'),
        width: 'minmax(12rem, 1.6fr)',
        sortable: true,
        cell: (row) => <EntityLine entity={row.asset} plain />,
      },
      {
        key: 'threat',
        title: t('matches.threat'),
        width: 'minmax(14.5rem, 1.2fr)',
        sortable: true,
        cell: (row) => (
          <span className="entity-line">
            <EntityLine entity={row.threat} plain />
            <ExploitedChip priority={row.priority} />
          </span>
        ),
      },
      { key: 'grade', title: t('matches.grade'), width: '6.25rem', cell: (row) => <GradeWord grade={row.grade} /> },
      { key: 'cvss', title: t('matches.cvss'), width: '4rem', numeric: true, cell: (row) => row.priority.cvss?.score.toFixed(1) ?? '' },
      {
        key: 'exposure',
        title: t('matches.exposure'),
        width: '5.5rem',
        cell: (row) => (row.priority.exposure ? t(`matches.exposure.${row.priority.exposure}`) : ''),
      },
      { key: 'criticality', title: t('matches.criticality'), width: '4rem', numeric: true, cell: (row) => row.priority.criticality ?? '' },
      {
        key: 'because',
        title: t('matches.because'),
        width: 'minmax(8rem, 2fr)',
        cell: (row) => (
          <span className="clip" title={row.because}>
            {row.because}
          </span>
        ),
      },
      { key: 'firstSeen', title: t('matches.firstSeen'), width: '7.25rem', sortable: true, cell: (row) => t.date(row.firstSeen) },
    ],
    [t],
  );
  const chosen = pages.row(selected);
  // What the side tells of the chosen match needs no column beside it.
  const shown = chosen ? columns.filter(({ key }) => !['because', 'criticality', 'firstSeen'].includes(key)) : columns;
  const first =
    <T,>(change: (value: T) => void) =>
    (value: T) => {
      setSelected(-1);
      change(value);
    };
  const filtered =
    kind !== 'all' ||
    wantedDecisions.length + wantedGrades.length + wantedExposures.length > 0 ||
    kev ||
    judged !== 'open' ||
    text.trim() !== '' ||
    id !== undefined;
  return (
    <div className="view-fill">
      <div className="view-head">
        <h1>{t('matches.title')}</h1>
        {pages.loaded ? <Shown shown={pages.total} total={pages.total} what={t('matches.what')} /> : null}
        <span className="quiet small">{t('matches.keys')}</span>
        <span className="grow" />
        {state?.stale ? (
          <span className="quiet small" role="status">
            {t('matches.computing')}
          </span>
        ) : null}
        <Button
          small
          kind="quiet"
          icon={RefreshCw}
          disabled={refresh.busy || state?.jobId !== undefined}
          onClick={() => void refresh.run()}
        >
          {t('matches.refresh')}
        </Button>
      </div>
      {state && state.found > state.kept ? (
        <p className="shown">{t('matches.capped', { found: t.number(state.found), kept: t.number(state.kept) })}</p>
      ) : null}
      <div className="filters">
        <Segments
          label={t('matches.kind')}
          value={kind}
          options={(['all', ...matchKinds] as const).map((value) => ({ value, label: t(`matches.kind.${value}`) }))}
          onChange={first(setKind)}
        />
        <FacetMenu
          label={t('matches.decision')}
          options={[...decisions].reverse().map((value) => ({ value, label: t(`matches.decision.${value}`) }))}
          chosen={wantedDecisions}
          onChange={first(setDecisions)}
        />
        <FacetMenu
          label={t('matches.grade')}
          options={grades.map((value) => ({ value, label: t(`matches.grade.${value}`) }))}
          chosen={wantedGrades}
          onChange={first(setGrades)}
        />
        <FacetMenu
          label={t('matches.exposure')}
          options={exposures.map((value) => ({ value, label: t(`matches.exposure.${value}`) }))}
          chosen={wantedExposures}
          onChange={first(setExposures)}
        />
        <Segments
          label={t('matches.judged')}
          value={judged}
          options={judgedness.map((value) => ({ value, label: t(`matches.judged.${value}`) }))}
          onChange={first(setJudged)}
        />
        <Check label={t('matches.kev')} checked={kev} onChange={(event) => first(setKev)(event.target.checked)} />
        <input
          className="input match-text"
          aria-label={t('matches.text')}
          placeholder={t('matches.text')}
          maxLength={200}
          value={text}
          onChange={(event) => first(setText)(event.target.value)}
        />
        {id === undefined ? null : (
          <Button small onClick={() => go('#/matches', true)}>
            {`${t('matches.only')}: ${t('matches.showAll')}`}
          </Button>
        )}
      </div>
      {pages.error ? <Failed error={pages.error} onRetry={pages.reload} /> : null}
      {refresh.error ? <Failed error={refresh.error} /> : null}
      {!pages.loaded && !pages.error ? <Loading /> : null}
      {pages.loaded && pages.total === 0 ? (
        filtered ? (
          <Empty icon={Crosshair} title={t('matches.none')}>
            {t('matches.none.hint')}
          </Empty>
        ) : (
          <Empty icon={Crosshair} title={t('matches.nothing')} action={<LinkButton href={importHref}>{t('overview.import')}</LinkButton>}>
            {t('matches.nothing.hint')}
          </Empty>
        )
      ) : null}
      {pages.total > 0 ? (
        <div className={chosen ? 'match-beside match-with-side' : 'match-beside'}>
          <div className="stack">
            <VirtualGrid
              label={t('matches.columns')}
              columns={shown}
              count={pages.total}
              row={pages.row}
              onRange={pages.onRange}
              sort={{ key: sort.key, descending: sort.descending !== (sort.key === 'priority') }}
              onSort={(key) => {
                const next = sorts.find((one) => one === key);
                if (next) setSort({ key: next, descending: sort.key === next ? !sort.descending : next === 'firstSeen' });
                setSelected(-1);
              }}
              selected={selected}
              onSelect={setSelected}
              onOpen={(index) => {
                setSelected(index);
                setJudging((count) => count + 1);
              }}
            />
          </div>
          {chosen ? (
            <aside className="match-aside panel" aria-label={t('matches.side')}>
              <MatchSide id={chosen.key} judging={judging} onClose={() => setSelected(-1)} />
            </aside>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}
