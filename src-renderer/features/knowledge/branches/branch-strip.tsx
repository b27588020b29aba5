import { GitBranch } from 'lucide-react';
import { useEffect } from 'react';
import { useBranch, useQuery } from '#renderer/client/index.ts';
import { Button, Select, useText } from '#renderer/ui/index.ts';
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
  const rows = data?.rows ?? [];
  const gone = data !== undefined && branch !== undefined && !rows.some(({ id }) => id === branch.id);
  // Merged, discarded or its making taken back: nothing is left to work on.
  useEffect(() => {
    if (gone) chooseBranch(undefined);
  }, [gone]);
  if (rows.length === 0) return null;
  return (
    <div className="branch-switch">
      <Select
        bare
        label={t('branches.choose')}
        value={branch?.id ?? ''}
        options={[{ value: '', label: t('branches.main') }, ...rows.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(id) => {
          const chosen = rows.find((row) => row.id === id);
          chooseBranch(chosen && { id: chosen.id, name: chosen.name });
        }}
      />
    </div>
  );
}
