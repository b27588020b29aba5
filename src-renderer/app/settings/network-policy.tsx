import { type FormEvent, useState } from 'react';
import { type Purpose, purposes } from '#shared/domain/admin/purposes.ts';
import { useAction, useQuery } from '#renderer/client/index.ts';
import { NetworkSeal } from '#renderer/features/admin/index.ts';
import { Button, Failed, Select, TextField, useText } from '#renderer/ui/index.ts';

/** Which host may be spoken to, and what for. Nothing is allowed until it stands here. */
export function NetworkPolicy() {
  const t = useText();
  const [host, setHost] = useState('');
  const [purpose, setPurpose] = useState<Purpose>('feeds');
  const rules = useQuery((client, signal) => client.admin.listNetworkRules(undefined, { signal }), [], { refreshOn: 'ledger' });
  const allow = useAction((client) => client.admin.allowHost({ host: host.trim().toLowerCase(), purpose }));
  const revoke = useAction((client, rule: { host: string; purpose: string }) => client.admin.revokeHost(rule));
  const fits = /^[a-z0-9.-]+(?::\d{1,5})?$/i.test(host.trim());
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await allow.run())) return;
    setHost('');
    rules.reload();
  };
  const named = (value: string) => {
    const known = purposes.find((one) => one === value);
    return known ? t(`settings.purpose.${known}`) : value;
  };
  return (
    <section className="panel setting" aria-labelledby="set-network">
      <h2 id="set-network">{t('settings.network')}</h2>
      <p className="quiet">{t('settings.network.hint')}</p>
      <div>
        <NetworkSeal />
      </div>
      {rules.error ? <Failed error={rules.error} onRetry={rules.reload} /> : null}
      {rules.data && rules.data.length === 0 ? <p>{t('settings.network.none')}</p> : null}
      {rules.data && rules.data.length > 0 ? (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('settings.network.list')}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('ledger.host')}</th>
                <th scope="col">{t('ledger.purpose')}</th>
                <th scope="col">
                  <span className="hidden-visually">{t('imports.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rules.data.map((rule) => (
                <tr key={`${rule.host} ${rule.purpose}`}>
                  <td>
                    <code>{rule.host}</code>
                  </td>
                  <td>{named(rule.purpose)}</td>
                  <td>
                    <Button
                      small
                      kind="danger"
                      disabled={revoke.busy}
                      aria-label={t('settings.network.revokeOne', { host: rule.host })}
                      onClick={async () => {
                        if (await revoke.run(rule)) rules.reload();
                      }}
                    >
                      {t('settings.network.revoke')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {revoke.error ? <Failed error={revoke.error} /> : null}
      <form className="setting-fields" onSubmit={submit}>
        <TextField
          label={t('settings.network.host')}
          hint={t('settings.network.host.hint')}
          maxLength={253}
          spellCheck={false}
          autoComplete="off"
          value={host}
          onChange={(event) => setHost(event.target.value)}
        />
        <Select
          label={t('ledger.purpose')}
          value={purpose}
          options={purposes.map((value) => ({ value, label: t(`settings.purpose.${value}`) }))}
          onChange={setPurpose}
        />
        <Button type="submit" disabled={allow.busy || !fits}>
          {t('settings.network.allow')}
        </Button>
      </form>
      {allow.error ? <Failed error={allow.error} /> : null}
    </section>
  );
}
