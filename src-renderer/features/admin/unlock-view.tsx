import { KeyRound, LockKeyhole } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { WorkspaceState } from '#shared/contract/admin.ts';
import { useAction } from '#renderer/client/index.ts';
import type { MessageKey } from '#renderer/messages/index.ts';
import { Button, Check, CopyButton, Notice, StarFort, TextField, useText } from '#renderer/ui/index.ts';
import { ImportDialog } from './backups/import-dialog.tsx';
import { Recovery } from './backups/recovery.tsx';
import { NetworkSeal } from './network-seal.tsx';
import { strength } from './strength.ts';
import './admin.css';

/** The first thing anyone sees: make a workspace or open the one that is there. */
export function UnlockView({ workspace, onOpen }: { workspace: WorkspaceState; onOpen: () => void }) {
  const t = useText();
  const [code, setCode] = useState<string | undefined>();
  return (
    <main className="gate">
      <div className="gate-plan">
        <StarFort size={720} detail />
      </div>
      <div className="gate-panel">
        <p className="gate-mark">
          <StarFort size={22} />
          {t('app.name')}
        </p>
        {code !== undefined ? (
          <RecoveryCode code={code} onKept={onOpen} />
        ) : workspace.state === 'none' ? (
          <Create onCreated={setCode} onOpen={onOpen} keychain={workspace.keychainAvailable} />
        ) : workspace.damage && workspace.state === 'damaged' ? (
          <>
            <Recovery damage={workspace.damage} onOpen={onOpen} />
            {workspace.damage.canRestore ? null : <Unlock workspace={workspace} onOpen={onOpen} />}
          </>
        ) : (
          <Unlock workspace={workspace} onOpen={onOpen} />
        )}
        <NetworkSeal />
      </div>
    </main>
  );
}

function Create({ onCreated, onOpen, keychain }: { onCreated: (code: string) => void; onOpen: () => void; keychain: boolean }) {
  const t = useText();
  const [importing, setImporting] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [remember, setRemember] = useState(false);
  const create = useAction(
    async (client) => (await client.admin.createWorkspace({ passphrase, rememberInKeychain: remember })).recoveryCode,
  );
  const differs = again !== '' && !passphrase.startsWith(again) && passphrase !== again;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const code = await create.run();
    if (code !== undefined) onCreated(code);
  };
  if (importing)
    return (
      <ImportDialog
        fresh
        onClose={() => setImporting(false)}
        onDone={(recoveryCode) => (recoveryCode === undefined ? onOpen() : onCreated(recoveryCode))}
      />
    );
  return (
    <form className="stack" onSubmit={submit}>
      <Head title={t('unlock.create')}>{t('unlock.create.hint')}</Head>
      <TextField
        label={t('unlock.passphrase.new')}
        type="password"
        autoComplete="new-password"
        autoFocus
        value={passphrase}
        onChange={(event) => setPassphrase(event.target.value)}
        hint={<Strength passphrase={passphrase} />}
      />
      <TextField
        label={t('unlock.passphrase.again')}
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={(event) => setAgain(event.target.value)}
        error={differs ? t('unlock.differs') : undefined}
      />
      {keychain ? <Check label={t('unlock.remember')} checked={remember} onChange={(event) => setRemember(event.target.checked)} /> : null}
      {create.error ? <Problem error={create.error} /> : null}
      <Button kind="primary" type="submit" icon={KeyRound} disabled={create.busy || passphrase.length < 8 || passphrase !== again}>
        {t(create.busy ? 'unlock.creating' : 'unlock.create.do')}
      </Button>
      <div>
        <Button small kind="quiet" onClick={() => setImporting(true)}>
          {t('workspaceFile.import')}
        </Button>
      </div>
    </form>
  );
}

function Strength({ passphrase }: { passphrase: string }) {
  const t = useText();
  const value = strength(passphrase);
  return (
    <span className="strength" role="status">
      <span className="strength-bars" aria-hidden="true">
        {[1, 2, 3, 4].map((bar) => (
          <span key={bar} className={bar <= value ? `strength-bar strength-${value}` : 'strength-bar'} />
        ))}
      </span>
      {passphrase === '' ? t('unlock.strength.hint') : t(`unlock.strength.${value}`)}
    </span>
  );
}

function RecoveryCode({ code, onKept }: { code: string; onKept: () => void }) {
  const t = useText();
  const [kept, setKept] = useState(false);
  return (
    <div className="stack">
      <Head title={t('recovery.title')}>{t('recovery.hint')}</Head>
      <output className="recovery-code" data-testid="recovery-code">
        {code}
      </output>
      <div>
        <CopyButton words text={code} label={t('recovery.copy')} />
      </div>
      <Check label={t('recovery.kept')} checked={kept} onChange={(event) => setKept(event.target.checked)} />
      <Button kind="primary" disabled={!kept} onClick={onKept}>
        {t('recovery.go')}
      </Button>
    </div>
  );
}

function Unlock({ workspace, onOpen }: { workspace: WorkspaceState; onOpen: () => void }) {
  const t = useText();
  const [by, setBy] = useState<'passphrase' | 'code'>('passphrase');
  const [secret, setSecret] = useState('');
  const unlock = useAction(
    async (client, input: Parameters<typeof client.admin.unlock>[0]) => (await client.admin.unlock(input)).state === 'open',
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await unlock.run(by === 'code' ? { recoveryCode: secret.trim() } : { passphrase: secret })) onOpen();
    else setSecret('');
  };
  const swap = () => {
    setBy(by === 'code' ? 'passphrase' : 'code');
    setSecret('');
    unlock.clear();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Head title={t('unlock.title')}>{workspace.name}</Head>
      <TextField
        key={by}
        label={t(by === 'code' ? 'unlock.code' : 'unlock.passphrase')}
        type={by === 'code' ? 'text' : 'password'}
        autoComplete={by === 'code' ? 'off' : 'current-password'}
        spellCheck={false}
        autoFocus
        maxLength={by === 'code' ? 200 : 1024}
        value={secret}
        onChange={(event) => setSecret(event.target.value)}
      />
      {unlock.error ? <Problem error={unlock.error} /> : null}
      <Button kind="primary" type="submit" icon={LockKeyhole} disabled={unlock.busy || secret === ''}>
        {t(unlock.busy ? 'unlock.unlocking' : 'unlock.do')}
      </Button>
      <div className="row">
        <Button small kind="quiet" onClick={swap}>
          {t(by === 'code' ? 'unlock.usePassphrase' : 'unlock.useCode')}
        </Button>
        {workspace.keychain ? (
          <Button
            small
            kind="quiet"
            onClick={async () => {
              if (await unlock.run({ keychain: true })) onOpen();
            }}
          >
            {t('unlock.useKeychain')}
          </Button>
        ) : null}
      </div>
    </form>
  );
}

function Head({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <h1>{title}</h1>
      <p className="quiet">{children}</p>
    </div>
  );
}

const titles: Partial<Record<string, MessageKey>> = {
  wrong_passphrase: 'unlock.error.wrong',
  in_use: 'unlock.error.inUse',
  damaged: 'unlock.error.damaged',
};

function Problem({ error }: { error: { code: string; message: string } }) {
  const t = useText();
  return (
    <Notice kind="bad" title={t(titles[error.code] ?? 'ui.failed')}>
      <p>{error.message}</p>
    </Notice>
  );
}
