import { GitBranch, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Branch } from '#shared/contract/knowledge.ts';
import { useAction, useQuery } from '#renderer/client/index.ts';
import { Button, Empty, Failed, go, Loading, Shown, TextArea, TextField, useText, type ViewProps, onFormKey } from '#renderer/ui/index.ts';
import { BranchPage } from './branch-page.tsx';
import { branchChips } from './change-words.ts';
import './branches.css';

export const branchHref = (id: string) => `#/branches/${id}`;

/** The branches of the workspace, or the one that the address names. */
export function BranchesView({ place: { rest } }: ViewProps) {
  const id = rest[0];
  return id ? <BranchPage id={id} key={id} /> : <BranchList />;
}

function BranchList() {
  const t = useText();
  const [making, setMaking] = useState(false);
  const { data, error, reload } = useQuery((client, signal) => client.knowledge.listBranches({ limit: 500 }, { signal }), []);
  const make = (
    <Button kind="primary" icon={Plus} onClick={() => setMaking(true)}>
      {t('branches.new')}
    </Button>
  );
  return (
    <div className="view-page">
      <div className="view-head">
        <h1>{t('branches.title')}</h1>
        <span className="quiet">{t('branches.about')}</span>
        {data && data.rows.length > 0 ? <Shown shown={data.shown} total={data.total} /> : null}
        <span className="grow" />
        {data && data.rows.length > 0 ? make : null}
      </div>
      {making ? <NewBranch onClose={() => setMaking(false)} /> : null}
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data && data.rows.length === 0 && !making ? (
        <Empty icon={GitBranch} title={t('branches.none')} action={make}>
          {t('branches.none.hint')}
        </Empty>
      ) : null}
      {data && data.rows.length > 0 ? <BranchTable rows={data.rows} /> : null}
    </div>
  );
}

function BranchTable({ rows }: { rows: readonly Branch[] }) {
  const t = useText();
  return (
    <div className="table-scroll panel" tabIndex={0} role="region" aria-label={t('branches.title')}>
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">{t('branches.name')}</th>
            <th scope="col">{t('branches.state')}</th>
            <th scope="col" className="numeric">
              {t('branches.objects')}
            </th>
            <th scope="col">{t('branches.made')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td className="cell-main">
                <a href={branchHref(row.id)}>{row.name}</a>
                {row.description ? <div className="quiet">{row.description}</div> : null}
              </td>
              <td>
                <span className={branchChips[row.state]}>{t(`branches.state.${row.state}`)}</span>
              </td>
              <td className="numeric" data-label={t('branches.objects')}>
                {t.number(row.objects)}
              </td>
              <td>{t('branches.by', { at: t.time(row.created.at), actor: row.created.actor })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function NewBranch({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const { run, busy, error } = useAction((client) =>
    client.knowledge.createBranch({ name: name.trim(), ...(description.trim() && { description: description.trim() }) }),
  );
  const make = async () => {
    const made = await run();
    if (made) go(branchHref(made.id));
  };
  return (
    <section className="panel branch-new" aria-labelledby="branch-new">
      <h2 id="branch-new">{t('branches.new')}</h2>
      <form
        className="stack"
        onKeyDown={onFormKey({ send: () => name.trim() && void make(), leave: onClose })}
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim()) void make();
        }}
      >
        <TextField
          label={t('branches.name')}
          value={name}
          maxLength={200}
          autoFocus
          required
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label={t('branches.description')}
          value={description}
          rows={3}
          maxLength={10_000}
          onChange={(event) => setDescription(event.target.value)}
        />
        {error ? <Failed error={error} /> : null}
        <div className="row">
          <Button kind="primary" type="submit" disabled={busy || !name.trim()}>
            {t('branches.create')}
          </Button>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
        </div>
      </form>
    </section>
  );
}
