import type { Match, PriorityFacts } from '#shared/contract/intel.ts';
import { useText } from '#renderer/ui/index.ts';

/** SSVC's decision: word and colour. */
export function DecisionChip({ match }: { match: Pick<Match, 'priority' | 'kind' | 'warninglists'> }) {
  const t = useText();
  const { decision } = match.priority;
  if (match.warninglists.length > 0) return <span className="chip">{t('matches.warned')}</span>;
  if (decision === null) return <span className="quiet">{t(`matches.kind.${match.kind}`)}</span>;
  return <span className={`chip match-${decision}`}>{t(`matches.decision.${decision}`)}</span>;
}

export function GradeWord({ grade }: { grade: Match['grade'] }) {
  const t = useText();
  return <span className={grade === 'possible' || grade === 'unsure' ? 'quiet' : undefined}>{t(`matches.grade.${grade}`)}</span>;
}

export function ExploitedChip({ priority }: { priority: PriorityFacts }) {
  const t = useText();
  return priority.kev ? <span className="chip chip-bad">{t('matches.kev.short')}</span> : null;
}

/** Every part of the priority, and what was assumed where nothing is said. */
export function PriorityTable({ priority }: { priority: PriorityFacts }) {
  const t = useText();
  const { decision, exploitation, exposure, automatable, criticality, kev, ransomware, cvss } = priority;
  const rows: [name: string, value: string, assumed?: boolean][] =
    decision === null
      ? []
      : [
          [t('matches.decision'), t(`matches.decision.${decision}`)],
          exploitation
            ? [t('matches.part.exploitation'), t(`matches.exploitation.${exploitation}`)]
            : [t('matches.part.exploitation'), t('matches.assumed.exploitation'), true],
          exposure
            ? [t('matches.exposure'), t(`matches.exposure.${exposure}`)]
            : [t('matches.exposure'), t('matches.assumed.exposure'), true],
          automatable === null
            ? [t('matches.part.automatable'), t('matches.assumed.automatable'), true]
            : [t('matches.part.automatable'), t(automatable ? 'matches.yes' : 'matches.no')],
          criticality === null
            ? [t('matches.criticality'), t('matches.assumed.criticality'), true]
            : [t('matches.criticality'), t.number(criticality)],
          [
            t('matches.part.kev'),
            kev
              ? kev.added && kev.due
                ? t('matches.part.due', { added: t.date(kev.added), due: t.date(kev.due) })
                : t('matches.part.listed')
              : t('matches.part.notListed'),
          ],
          [t('matches.part.ransomware'), t(ransomware ? 'matches.yes' : 'matches.unknown')],
          [t('matches.cvss'), cvss ? `${cvss.score.toFixed(1)} (${cvss.version})` : t('matches.unknown')],
        ];
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="match-parts">
      <h3 id="match-parts">{t('matches.parts')}</h3>
      <dl className="match-parts">
        {rows.map(([name, value, assumed]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={assumed ? 'quiet' : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
      {cvss?.vector ? <code className="quiet small match-vector">{cvss.vector}</code> : null}
      <p className="quiet small">{t('matches.parts.about')}</p>
    </section>
  );
}
