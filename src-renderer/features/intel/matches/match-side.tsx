import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { judgements } from '#shared/contract/intel.ts';
import { asContractError, useAction, useClient, useQuery } from '#renderer/client/index.ts';
import { EntityLine } from '#renderer/features/knowledge/index.ts';
import { actionOf, Button, Failed, IconButton, Loading, Notice, Segments, sendKeys, TextArea, toast, useText } from '#renderer/ui/index.ts';
import { DecisionChip, ExploitedChip, GradeWord, PriorityTable } from './match-parts.tsx';

/** One match opened: why, what its priority is made of, what to do, and the verdict on it. */
export function MatchSide({ id, judging, onClose }: { id: string; judging: number; onClose: () => void }) {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.intel.getMatch({ key: id }, { signal }), [id], {
    refreshOn: 'matches',
  });
  if (error) return error.code === 'not_found' ? <p className="quiet">{error.message}</p> : <Failed error={error} onRetry={reload} />;
  if (!data || data.key !== id) return <Loading />;
  return (
    <div className="match-side">
      <div className="row">
        <DecisionChip match={data} />
        <ExploitedChip priority={data.priority} />
        <GradeWord grade={data.grade} />
        <span className="grow" />
        <IconButton small icon={X} label={t('matches.close')} onClick={onClose} />
      </div>
      <EntityLine entity={data.asset} />
      <EntityLine entity={data.threat} />
      {data.verdict ? (
        <Notice kind="info" title={t('matches.verdict')}>
          <p>{data.verdict.reason}</p>
          <p className="quiet small">
            {t('matches.verdict.by', { by: data.verdict.by, at: data.verdict.at ? t.time(data.verdict.at) : '' })}
          </p>
        </Notice>
      ) : null}
      <section aria-labelledby="match-reasons">
        <h3 id="match-reasons">{t('matches.reasons')}</h3>
        <ol className="match-reasons">
          {data.reasons.map((reason, at) => (
            <li key={at}>
              <p>{reason.sentence}</p>
              {reason.cites.map((cited) => (
                <EntityLine key={cited.id} entity={cited} />
              ))}
            </li>
          ))}
        </ol>
      </section>
      <PriorityTable priority={data.priority} />
      {data.remedies.length > 0 ? (
        <section aria-labelledby="match-remedies">
          <h3 id="match-remedies">{t('matches.remedies')}</h3>
          <ul className="match-reasons">
            {data.remedies.map((remedy, at) => (
              <li key={at}>{remedy}</li>
            ))}
          </ul>
        </section>
      ) : null}
      {data.verdict ? null : <Judge key={id} id={id} focus={judging} />}
      <p className="quiet small">{t('matches.seen', { first: t.time(data.firstSeen), last: t.time(data.lastSeen) })}</p>
    </div>
  );
}

type Judgement = (typeof judgements)[number];

/** `focus` counts how often the list asked to judge: the reason then takes the keyboard. */
function Judge({ id, focus }: { id: string; focus: number }) {
  const t = useText();
  const client = useClient();
  const [judgement, setJudgement] = useState<Judgement>('not-affected');
  const [reason, setReason] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (focus > 0) form.current?.querySelector('textarea')?.focus();
  }, [focus]);
  const undo = (action: string) =>
    client.knowledge.undo({ action }).then(
      (entry) => toast(t('edit.undone', { what: entry.what })),
      (error: unknown) => toast(asContractError(error).message),
    );
  const judge = useAction(async (on) => {
    const { action, match } = await on.intel.judgeMatch({ key: id, judgement, reason: reason.trim() });
    toast(t('matches.judge.done', { asset: match.asset.name, threat: match.threat.name }), {
      label: t('edit.undo'),
      run: () => void undo(action),
    });
  });
  const ready = reason.trim() !== '' && !judge.busy;
  return (
    <form
      ref={form}
      className="match-judge"
      aria-labelledby="match-judge"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void judge.run();
      }}
      onKeyDown={(event) => {
        if (actionOf(sendKeys, event) === 'send' && ready) void judge.run();
      }}
    >
      <h3 id="match-judge">{t('matches.judge')}</h3>
      <Segments
        label={t('matches.judge')}
        value={judgement}
        options={judgements.map((value) => ({ value, label: t(`matches.judge.${value}`) }))}
        onChange={setJudgement}
      />
      <TextArea
        label={t('matches.judge.reason')}
        hint={t('matches.judge.hint')}
        required
        maxLength={10_000}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div>
        <Button kind="primary" type="submit" disabled={!ready}>
          {t('matches.judge.do')}
        </Button>
      </div>
      {judge.error ? <Failed error={judge.error} /> : null}
    </form>
  );
}
