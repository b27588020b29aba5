import { type FormEvent, useState } from 'react';
import { useAction, useQuery } from '#renderer/client/index.ts';
import { Button, CopyButton, Failed, Notice, TextField, toast, useText } from '#renderer/ui/index.ts';

const least = 8;

/** Wraps the key anew; the data is not encrypted again. */
export function PassphraseForm() {
  const t = useText();
  const [fields, setFields] = useState({ current: '', next: '', again: '' });
  const change = useAction((client) => client.admin.changePassphrase({ current: fields.current, next: fields.next }));
  const differs = fields.again !== '' && fields.next !== fields.again;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await change.run())) return;
    setFields({ current: '', next: '', again: '' });
    toast(t('settings.passphrase.done'));
  };
  const field = (name: keyof typeof fields, label: string, error?: string) => (
    <TextField
      label={label}
      type="password"
      autoComplete={name === 'current' ? 'current-password' : 'new-password'}
      maxLength={1024}
      value={fields[name]}
      error={error}
      onChange={(event) => setFields({ ...fields, [name]: event.target.value })}
    />
  );
  return (
    <form className="stack" onSubmit={submit} aria-labelledby="set-passphrase">
      <h3 id="set-passphrase">{t('settings.passphrase')}</h3>
      <div className="setting-fields">
        {field('current', t('settings.passphrase.current'))}
        {field(
          'next',
          t('settings.passphrase.next'),
          fields.next !== '' && fields.next.length < least ? t('unlock.strength.0') : undefined,
        )}
        {field('again', t('unlock.passphrase.again'), differs ? t('unlock.differs') : undefined)}
      </div>
      {change.error ? <Failed error={change.error} /> : null}
      <div>
        <Button type="submit" disabled={change.busy || !fields.current || fields.next.length < least || fields.next !== fields.again}>
          {t('settings.passphrase.do')}
        </Button>
      </div>
    </form>
  );
}

/** A new code, shown until it is put away; the old one is void at once. */
export function RecoveryForm() {
  const t = useText();
  const [passphrase, setPassphrase] = useState('');
  const [code, setCode] = useState<string | undefined>();
  const renew = useAction((client) => client.admin.renewRecoveryCode({ passphrase }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await renew.run();
    setPassphrase('');
    if (made) setCode(made.recoveryCode);
  };
  return (
    <form className="stack" onSubmit={submit} aria-labelledby="set-recovery">
      <h3 id="set-recovery">{t('settings.recovery')}</h3>
      <p className="quiet small">{t('settings.recovery.hint')}</p>
      {code ? (
        <Notice
          kind="good"
          title={t('recovery.title')}
          action={<Button onClick={() => setCode(undefined)}>{t('settings.recovery.kept')}</Button>}
        >
          <p>
            <code data-testid="new-recovery-code">{code}</code> <CopyButton text={code} label={t('recovery.copy')} />
          </p>
          <p>{t('recovery.hint')}</p>
        </Notice>
      ) : (
        <div className="setting-fields">
          <TextField
            label={t('settings.passphrase.current')}
            type="password"
            autoComplete="current-password"
            maxLength={1024}
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
        </div>
      )}
      {renew.error ? <Failed error={renew.error} /> : null}
      {code ? null : (
        <div>
          <Button type="submit" disabled={renew.busy || passphrase === ''}>
            {t('settings.recovery.do')}
          </Button>
        </div>
      )}
    </form>
  );
}

export function KeychainForm() {
  const t = useText();
  const { data, reload } = useQuery((client, signal) => client.admin.getWorkspace(undefined, { signal }), [], { refreshOn: 'nothing' });
  const keep = useAction((client, remember: boolean) => client.admin.setKeychain({ remember }));
  if (!data) return null;
  return (
    <div className="stack" role="group" aria-labelledby="set-keychain">
      <h3 id="set-keychain">{t('settings.keychain')}</h3>
      <p className="quiet small">
        {t(!data.keychainAvailable ? 'settings.keychain.none' : data.keychain ? 'settings.keychain.kept' : 'settings.keychain.not')}
      </p>
      {keep.error ? <Failed error={keep.error} /> : null}
      {data.keychainAvailable ? (
        <div>
          <Button
            disabled={keep.busy}
            onClick={async () => {
              if (await keep.run(!data.keychain)) reload();
            }}
          >
            {t(data.keychain ? 'settings.keychain.forget' : 'settings.keychain.remember')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
