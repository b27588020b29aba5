import { GitBranch } from 'lucide-react';
import { useEffect } from 'react';
import { asContractError, type ChosenBranch, type RedoubtClient, useBranch, useQuery } from '#renderer/client/index.ts';
import { Button, Notice, Select, toast, useText } from '#renderer/ui/index.ts';
import './branches.css';

const sentences = { branch: 'branches.on', main: 'branches.mains', workspace: 'branches.apart' } as const;

/** Says in every view on which branch one is and whether the view shows it; nothing on main. */
export function BranchStrip({ shows }: { shows: keyof typeof sentences }) {
  const t = useText();
  const { branch, chooseBranch } = useBranch();
  if (!branch) return null;
  return (
    <div className={shows === 'main' ? 'branch-strip branch-strip-main' : 'branch-strip'} role="status">
      <GitBranch size={15} aria-hidden />
      <span className="grow">{t(sentences[shows], { name: branch.name || t('branches.unnamed') })}</span>
      <Button small onClick={() => chooseBranch(undefined)}>
        {t('branches.leave')}
      </Button>
    </div>
  );
}

/** Over what only main can show, in a view that else shows the branch: never main's data without a word. */
export function MainsBanner() {
  const t = useText();
  const { branch } = useBranch();
  if (!branch) return null;
  return (
    <Notice kind="warn">
      <p>{t('branches.mains', { name: branch.name || t('branches.unnamed') })}</p>
    </Notice>
  );
}

async function standingOf(client: RedoubtClient, id: string, signal: AbortSignal) {
  try {
    const { name, state } = await client.knowledge.getBranch({ branch: id }, { signal });
    return { id, name, state };
  } catch (error) {
    if (asContractError(error).code === 'not_found') return { id, name: undefined, state: 'lost' as const };
    throw error;
  }
}

/** Chooses among main and the branches that take edits; not there while there are none. */
export function BranchSwitch() {
  const t = useText();
  const { branch, chooseBranch } = useBranch();
  const { data } = useQuery(
    (client, signal) => client.knowledge.listBranches({ states: ['open', 'proposed'], limit: 500 }, { signal }),
    [],
  );
  // An answer may be older than the choice: it says itself which branch it is about.
  const chosen = useQuery((client, signal) => standingOf(client, branch?.id ?? '', signal), [branch?.id], {
    enabled: branch !== undefined,
  }).data;
  const standing = chosen?.id === branch?.id ? chosen : undefined;
  const name = standing?.name;
  useEffect(() => {
    if (branch && name !== undefined && name !== branch.name) chooseBranch({ id: branch.id, name });
  }, [branch, name]);
  const gone = branch !== undefined && (standing?.state === 'merged' || standing?.state === 'discarded' || standing?.state === 'lost');
  useEffect(() => {
    if (!gone) return;
    toast(branch.name ? t('branches.closed', { name: branch.name }) : t('branches.lost'));
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
        options={[
          { value: '', label: t('branches.main') },
          ...rows.map(({ id, name }) => ({ value: id, label: name || t('branches.unnamed') })),
        ]}
        onChange={(id) => {
          const next = rows.find((row) => row.id === id);
          chooseBranch(next && { id: next.id, name: next.name });
        }}
      />
    </div>
  );
}
