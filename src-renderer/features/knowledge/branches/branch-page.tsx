import { ArrowLeft, GitBranch, GitMerge, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { asContractError, type RedoubtClient, useBranch, useClient, useQuery } from '#renderer/client/index.ts';
import { Button, Empty, Failed, LinkButton, Loading, Notice, Segments, Shown, toast, useText } from '#renderer/ui/index.ts';
import { ChangeTable } from './change-table.tsx';
import { branchChips } from './change-words.ts';

const filters = ['all', 'undecided', 'conflicting', 'accepted', 'rejected'] as const;
type Filter = (typeof filters)[number];
const step = 50;

/** One branch: its state and what may be done with it, then its changes with their decisions. */
export function BranchPage({ id }: { id: string }) {
  const t = useText();
  const client = useClient();
  const { branch: chosen, chooseBranch } = useBranch();
  const [filter, setFilter] = useState<Filter>('all');
  const [limit, setLimit] = useState(step);
  const head = useQuery((on, signal) => on.knowledge.getBranch({ branch: id }, { signal }), [id]);
  const asked = {
    branch: id,
    limit,
    ...(filter === 'conflicting' && { states: ['conflicting' as const] }),
    ...(filter !== 'all' && filter !== 'conflicting' && { decisions: [filter] }),
  };
  const changes = useQuery((on, signal) => on.knowledge.getBranchChanges(asked, { signal }), [asked]);
  const reload = () => {
    head.reload();
    changes.reload();
  };
  const act = async (work: (client: RedoubtClient) => Promise<string | undefined>, undo?: { label: string; run(): void }) => {
    try {
      const said = await work(client);
      if (said) toast(said, undo);
      reload();
    } catch (error) {
      toast(asContractError(error).message);
    }
  };
  if (head.error) return <Page failed={head.error} onRetry={head.reload} />;
  const branch = head.data;
  if (!branch) return <Page />;
  const { counts, state } = branch;
  const isOpen = state === 'open' || state === 'proposed';
  const total = counts.accepted + counts.rejected + counts.undecided;
  const here = chosen?.id === id;
  const takeBack = (action: string) => () =>
    void act(async (on) => {
      await on.knowledge.undo({ action });
      return t('edit.undone', { what: branch.name });
    });
  const merge = () =>
    void act(async (on) => {
      const done = await on.knowledge.mergeBranch({ branch: id });
      if (here) chooseBranch(undefined);
      toast(t('branches.merged', { name: branch.name, merged: done.merged, rejected: done.rejected }), {
        label: t('edit.undo'),
        run: takeBack(done.action),
      });
      return undefined;
    });
  const discard = () =>
    void act(async (on) => {
      const done = await on.knowledge.discardBranch({ branch: id });
      if (here) chooseBranch(undefined);
      toast(t('branches.discarded', { name: branch.name }), { label: t('edit.undo'), run: takeBack(done.action) });
      return undefined;
    });
  return (
    <div className="view-page">
      <div className="stack">
        <div>
          <LinkButton kind="quiet" small icon={ArrowLeft} href="#/branches">
            {t('branches.back')}
          </LinkButton>
        </div>
        <div className="view-head">
          <h1>{branch.name}</h1>
          <span className={branchChips[state]}>{t(`branches.state.${state}`)}</span>
          <span className="quiet">{t('branches.by', { at: t.time(branch.created.at), actor: branch.created.actor })}</span>
        </div>
        {branch.description ? <p>{branch.description}</p> : null}
        <div className="row">
          {isOpen ? (
            <>
              <Button
                icon={GitBranch}
                aria-pressed={here}
                onClick={() => chooseBranch(here ? undefined : { id: branch.id, name: branch.name })}
              >
                {t(here ? 'branches.leave' : 'branches.use')}
              </Button>
              {state === 'open' ? (
                <Button
                  disabled={total === 0}
                  onClick={() =>
                    void act(async (on) => {
                      await on.knowledge.proposeBranch({ branch: id });
                      return t('branches.proposed', { name: branch.name });
                    })
                  }
                >
                  {t('branches.propose')}
                </Button>
              ) : (
                <Button
                  onClick={() =>
                    void act(async (on) => {
                      await on.knowledge.reopenBranch({ branch: id });
                      return undefined;
                    })
                  }
                >
                  {t('branches.reopen')}
                </Button>
              )}
              <Button kind="primary" icon={GitMerge} disabled={total === 0 || counts.undecided > 0} onClick={merge}>
                {t('branches.merge')}
              </Button>
              <Button kind="danger" icon={Trash2} onClick={discard}>
                {t('branches.discard')}
              </Button>
            </>
          ) : branch.closed ? (
            <Button icon={Undo2} onClick={takeBack(branch.closed.action)}>
              {t(state === 'merged' ? 'branches.undoMerge' : 'branches.undoDiscard')}
            </Button>
          ) : null}
        </div>
        {isOpen && counts.undecided > 0 ? <Notice kind="info">{t('branches.mergeWaits', { undecided: counts.undecided })}</Notice> : null}
      </div>
      <section className="stack" aria-labelledby="changes">
        <div className="view-head">
          <h2 id="changes">{t('changes.title')}</h2>
          {changes.data ? <Shown shown={changes.data.shown} total={changes.data.total} /> : null}
        </div>
        {total > 0 ? (
          <div>
            <Segments
              label={t('changes.show')}
              value={filter}
              options={filters.map((value) => ({ value, label: t(`changes.${value}`, { n: value === 'all' ? total : counts[value] }) }))}
              onChange={(value) => {
                setFilter(value);
                setLimit(step);
              }}
            />
          </div>
        ) : null}
        {changes.error ? <Failed error={changes.error} onRetry={changes.reload} /> : null}
        {!changes.data && !changes.error ? <Loading /> : null}
        {changes.data && changes.data.rows.length === 0 ? (
          <Empty icon={GitBranch} title={t(total === 0 ? 'changes.none' : 'changes.noneLeft')}>
            {total === 0 ? t('changes.none.hint') : null}
          </Empty>
        ) : null}
        {changes.data && changes.data.rows.length > 0 ? (
          <ChangeTable branch={id} rows={changes.data.rows} canDecide={isOpen} onDecided={reload} />
        ) : null}
        {changes.data && changes.data.shown < changes.data.total && limit < 500 ? (
          <div>
            <Button onClick={() => setLimit(Math.min(500, limit * 2))}>{t('ui.more')}</Button>
          </div>
        ) : null}
      </section>
    </div>
  );
}

function Page({ failed, onRetry }: { failed?: { message: string }; onRetry?: () => void }) {
  const t = useText();
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('branches.title')}</h1>
      </div>
      {failed ? <Failed error={failed} {...(onRetry && { onRetry })} /> : <Loading />}
    </div>
  );
}
