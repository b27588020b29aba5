import { Check as Tick, RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import type { BranchChange, ChangeKey } from '#shared/contract/knowledge.ts';
import { asContractError, type RedoubtClient, useClient } from '#renderer/client/index.ts';
import { Button, IconButton, TextField, toast, useText } from '#renderer/ui/index.ts';
import { EntityLine } from '../entity-parts.tsx';
import { outline } from '../value-outline.ts';
import { ConflictChoice } from './conflict-choice.tsx';
import { ChangeValue } from './change-value.tsx';
import { whatOf } from './change-words.ts';

type Decision = Omit<Parameters<RedoubtClient['knowledge']['reviewChanges']>[0], 'branch' | 'changes'>;

export const keyOf = ({ id, kind, name }: BranchChange): ChangeKey => ({ id, kind, ...(name !== undefined && { name }) });
const wordOf = (change: BranchChange) => `${change.id} ${change.kind} ${change.name ?? ''}`;

const stateChips = { added: 'chip chip-good', changed: 'chip', removed: 'chip chip-warn', conflicting: 'chip chip-bad' } as const;

/** Every change beside what main says, each to be accepted or rejected, or many at once with one reason. */
export function ChangeTable(props: { branch: string; rows: readonly BranchChange[]; canDecide: boolean; onDecided: () => void }) {
  const t = useText();
  const client = useClient();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const decide = async (changes: readonly BranchChange[] | undefined, decision: Decision) => {
    setBusy(true);
    try {
      await client.knowledge.reviewChanges({
        branch: props.branch,
        ...(changes && { changes: changes.map(keyOf) }),
        ...decision,
        ...(reason.trim() && { reason: reason.trim() }),
      });
      setSelected(new Set());
      setReason('');
      props.onDecided();
    } catch (error) {
      toast(asContractError(error).message);
    } finally {
      setBusy(false);
    }
  };
  // A conflict is decided one by one: a value has to be chosen.
  const selectable = props.rows.filter(({ state }) => state !== 'conflicting');
  const chosen = selectable.filter((row) => selected.has(wordOf(row)));
  const all = selectable.length > 0 && chosen.length === selectable.length;
  const undecided = selectable.some(({ review }) => !review);
  return (
    <>
      {props.canDecide ? (
        <div className="change-bar">
          <TextField
            label={t('changes.reason')}
            hint={t('changes.reason.hint')}
            value={reason}
            maxLength={2000}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button icon={Tick} disabled={busy || chosen.length === 0} onClick={() => void decide(chosen, { decision: 'accepted' })}>
            {t('changes.accept')}
          </Button>
          <Button icon={X} disabled={busy || chosen.length === 0} onClick={() => void decide(chosen, { decision: 'rejected' })}>
            {t('changes.reject')}
          </Button>
          <span className="quiet" role="status">
            {t('changes.selected', { n: chosen.length })}
          </span>
          <span className="grow" />
          <Button disabled={busy || !undecided} onClick={() => void decide(undefined, { decision: 'accepted' })}>
            {t('changes.acceptRest')}
          </Button>
        </div>
      ) : null}
      <div className="table-scroll panel" tabIndex={0} role="region" aria-label={t('changes.title')}>
        <table className="table table-wide table-cards change-table">
          <thead>
            <tr>
              {props.canDecide ? (
                <th scope="col">
                  <input
                    type="checkbox"
                    aria-label={t('changes.selectAll')}
                    checked={all}
                    onChange={() => setSelected(new Set(all ? [] : selectable.map(wordOf)))}
                  />
                </th>
              ) : null}
              <th scope="col">{t('changes.object')}</th>
              <th scope="col">{t('changes.what')}</th>
              <th scope="col">{t('changes.onMain')}</th>
              <th scope="col">{t('changes.onBranch')}</th>
              <th scope="col">{t('changes.decision')}</th>
            </tr>
          </thead>
          <tbody>
            {props.rows.map((row) => {
              const word = wordOf(row);
              const names = { what: whatOf(t, row), name: row.title };
              return (
                <tr key={word}>
                  {props.canDecide ? (
                    <td>
                      {row.state === 'conflicting' ? null : (
                        <input
                          type="checkbox"
                          aria-label={t('changes.select', names)}
                          checked={selected.has(word)}
                          onChange={() => {
                            const next = new Set(selected);
                            if (!next.delete(word)) next.add(word);
                            setSelected(next);
                          }}
                        />
                      )}
                    </td>
                  ) : null}
                  <td className="cell-title">
                    <EntityLine entity={{ id: row.id, type: row.type, name: row.title }} />
                  </td>
                  <td>
                    <div>{names.what}</div>
                    <span className={stateChips[row.state]}>{t(`changes.state.${row.state}`)}</span>
                  </td>
                  <td data-label={t('changes.onMain')}>
                    <ChangeValue change={row} side="main" />
                  </td>
                  <td data-label={t('changes.onBranch')}>
                    <ChangeValue change={row} side="branch" />
                    {row.base !== undefined ? (
                      <div className="quiet">{t('changes.base', { value: outline(row.base, { yes: t('ui.yes'), no: t('ui.no') }) })}</div>
                    ) : null}
                  </td>
                  <td className="cell-main">
                    {row.review ? <Decided change={row} /> : null}
                    {props.canDecide && row.review ? (
                      <IconButton
                        small
                        icon={RotateCcw}
                        label={t('changes.resetOne', names)}
                        disabled={busy}
                        onClick={() => void decide([row], { decision: 'undecided' })}
                      />
                    ) : null}
                    {props.canDecide && !row.review && row.state === 'conflicting' ? (
                      <ConflictChoice change={row} busy={busy} onDecide={(choice) => void decide([row], choice)} />
                    ) : null}
                    {props.canDecide && !row.review && row.state !== 'conflicting' ? (
                      <span className="row">
                        <Button
                          small
                          icon={Tick}
                          aria-label={t('changes.acceptOne', names)}
                          disabled={busy}
                          onClick={() => void decide([row], { decision: 'accepted' })}
                        >
                          {t('changes.accept')}
                        </Button>
                        <Button
                          small
                          icon={X}
                          aria-label={t('changes.rejectOne', names)}
                          disabled={busy}
                          onClick={() => void decide([row], { decision: 'rejected' })}
                        >
                          {t('changes.reject')}
                        </Button>
                      </span>
                    ) : null}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Decided({ change: { review } }: { change: BranchChange }) {
  const t = useText();
  if (!review) return null;
  const accepted = review.decision === 'accepted';
  return (
    <div>
      <span className={accepted ? 'chip chip-good' : 'chip chip-bad'}>{t(accepted ? 'changes.isAccepted' : 'changes.isRejected')}</span>{' '}
      {review.take ? <span className="chip">{t(`changes.take.${review.take}`)}</span> : null}
      <div className="quiet">{t('branches.by', { at: t.time(review.at), actor: review.actor })}</div>
      {review.reason ? <div>{review.reason}</div> : null}
    </div>
  );
}
