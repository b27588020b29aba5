import { GitBranch } from 'lucide-react';
import { useEffect } from 'react';
import { type ChosenBranch, useBranch, useQuery } from '#renderer/client/index.ts';
import { Button, Select, toast, useText } from '#renderer/ui/index.ts';
import './branches.css';

/** Views whose every question goes to the chosen branch; the others show main, and the strip says so. */
const onBranchViews = new Set(['search', 'explore', 'entity', 'graph', 'history', 'branches']);

/** Says on which branch the work goes on; nothing on main. */
export function BranchStrip({ view }: { view: string }) {
  const t = useText();
  const { branch, chooseBranch } = useBranch();
  if (!branch) return null;
  const shown = onBranchViews.has(view);
  return (
    <div className={shown ? 'branch-strip' : 'branch-strip branch-strip-main'} role="status">
      <GitBranch size={15} aria-hidden />
      <span className="grow">{t(shown ? 'branches.on' : 'branches.notHere', { name: branch.name })}</span>
      <Button small onClick={() => chooseBranch(undefined)}>
        {t('branches.leave')}
      </Button>
    </div>
  );
}

/** Chooses among main and the branches that take edits; not there while there are none. */
export function BranchSwitch() {
  const t = useText();
  const { branch, chooseBranch } = useBranch();
  const { data } = useQuery(
    (client, signal) => client.knowledge.listBranches({ states: ['open', 'proposed'], limit: 500 }, { signal }),
    [],
  );
  const chosen = useQuery((client, signal) => client.knowledge.getBranch({ branch: branch?.id ?? '' }, { signal }), [branch?.id], {
    enabled: branch !== undefined,
  });
  // A list may be older than the choice; only the branch's own answer says that nothing is left to work on.
  const state = chosen.data?.id === branch?.id ? chosen.data?.state : undefined;
  const gone = branch !== undefined && (state === 'merged' || state === 'discarded' || chosen.error?.code === 'not_found');
  useEffect(() => {
    if (!gone) return;
    toast(t('branches.closed', { name: branch.name }));
    chooseBranch(undefined);
  }, [gone]);
  const listed: readonly ChosenBranch[] = data?.rows ?? [];
  const rows = branch && !listed.some(({ id }) => id === branch.id) ? [branch, ...listed] : listed;
  if (rows.length === 0) return null;
  return (
    <div className="branch-switch">
      <Select
        bare
        label={t('branches.choose')}
        value={branch?.id ?? ''}
        options={[{ value: '', label: t('branches.main') }, ...rows.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(id) => {
          const next = rows.find((row) => row.id === id);
          chooseBranch(next && { id: next.id, name: next.name });
        }}
      />
    </div>
  );
}
