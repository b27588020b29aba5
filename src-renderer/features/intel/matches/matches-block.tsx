import { useQuery } from '#renderer/client/index.ts';
import { EntityLine, MainsBanner } from '#renderer/features/knowledge/index.ts';
import { Shown, useText } from '#renderer/ui/index.ts';
import { matchesHref } from './links.ts';
import { DecisionChip, ExploitedChip, GradeWord } from './match-parts.tsx';
import './matches.css';

const most = 8;

/** On the page of an asset, a vulnerability, a group or a piece of software: what it matches. */
export function MatchesBlock({ id, type }: { id: string; type: string }) {
  const t = useText();
  const { data } = useQuery((client, signal) => client.intel.listMatches({ id, limit: most, judged: 'all' }, { signal }), [id], {
    refreshOn: 'matches',
  });
  if (!data || (data.total === 0 && type !== 'x-redoubt-asset' && type !== 'vulnerability')) return null;
  return (
    <section aria-labelledby="matches-block">
      <div className="view-head">
        <h2 id="matches-block">{t('matches.block')}</h2>
        {data.total > data.shown ? <Shown shown={data.shown} total={data.total} what={t('matches.what')} /> : null}
        {data.total > 0 ? <a href={matchesHref({ id })}>{t('matches.block.all', { count: data.total })}</a> : null}
      </div>
      <MainsBanner />
      {data.total === 0 ? <p className="quiet">{t('matches.block.none')}</p> : null}
      <ul className="match-lines">
        {data.rows.map((match) => (
          <li key={match.key}>
            <p className="row">
              <DecisionChip match={match} />
              <EntityLine entity={match.asset.id === id ? match.threat : match.asset} />
              <ExploitedChip priority={match.priority} />
              <GradeWord grade={match.grade} />
              {match.verdict ? <span className="chip">{t('matches.verdict')}</span> : null}
            </p>
            <p className="quiet small">{match.because}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
