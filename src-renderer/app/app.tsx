import { useEffect, useState } from 'react';
import type { WorkspaceState } from '#shared/contract/admin.ts';
import { asContractError, type Connection, EngineProvider, type RedoubtClient } from '#renderer/client/index.ts';
import { UnlockView, WorkspaceWarning } from '#renderer/features/admin/index.ts';
import { Button, Loading, Notice, StarFort, TextProvider, Toasts, useText } from '#renderer/ui/index.ts';
import { usePreferences } from './preferences.ts';
import { Shell } from './shell.tsx';

type Phase = { kind: 'connecting' } | { kind: 'connected'; client: RedoubtClient } | { kind: 'gone'; message: string };

/** Connects, lets in, and shows the shell; says what to do when the engine is gone. */
export function App({ connect }: { connect: () => Promise<Connection> }) {
  const locale = usePreferences((preferences) => preferences.locale);
  const dates = usePreferences((preferences) => preferences.dates);
  const [phase, setPhase] = useState<Phase>({ kind: 'connecting' });
  const open = () => {
    setPhase({ kind: 'connecting' });
    connect().then(
      ({ client, onClose }) => {
        setPhase({ kind: 'connected', client });
        onClose(() => setPhase({ kind: 'gone', message: '' }));
      },
      (error: unknown) => setPhase({ kind: 'gone', message: asContractError(error).message }),
    );
  };
  useEffect(open, []);
  return (
    <TextProvider locale={locale} dates={dates}>
      {phase.kind === 'connecting' ? <Loading /> : null}
      {phase.kind === 'gone' ? <Gone message={phase.message} onRetry={open} /> : null}
      {phase.kind === 'connected' ? (
        <EngineProvider client={phase.client}>
          <Door client={phase.client} />
          <Toasts />
        </EngineProvider>
      ) : null}
    </TextProvider>
  );
}

function Door({ client }: { client: RedoubtClient }) {
  const [workspace, setWorkspace] = useState<WorkspaceState | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  // The gate stays up until the person has seen the recovery code, though the workspace is open by then.
  const [gate, setGate] = useState(true);
  useEffect(() => {
    client.admin.getWorkspace().then(
      (state) => {
        setWorkspace(state);
        setGate(state.state !== 'open');
      },
      (error: unknown) => setProblem(asContractError(error).message),
    );
    return client.admin.onWorkspaceChanged((state) => {
      setWorkspace((old) => (old?.state === 'none' && state.state === 'open' ? old : state));
      if (state.state !== 'open') setGate(true);
    });
  }, [client]);
  if (problem !== undefined) return <Gone message={problem} onRetry={() => location.reload()} />;
  if (!workspace) return <Loading />;
  if (gate) return <UnlockView workspace={workspace} onOpen={() => setGate(false)} />;
  return (
    <>
      <Shell />
      <WorkspaceWarning workspace={workspace} />
    </>
  );
}

function Gone({ message, onRetry }: { message: string; onRetry: () => void }) {
  const t = useText();
  return (
    <main className="gone">
      <p className="gone-mark">
        <StarFort size={22} /> {t('app.name')}
      </p>
      <Notice kind="bad" title={t('app.gone')} action={<Button onClick={onRetry}>{t('app.reconnect')}</Button>}>
        <p>{message || t('app.gone.hint')}</p>
      </Notice>
    </main>
  );
}
