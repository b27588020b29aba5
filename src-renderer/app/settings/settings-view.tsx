import { useQuery } from '#renderer/client/index.ts';
import { CopyButton, Failed, LinkButton, Loading, Segments, Select, useText, type ViewProps } from '#renderer/ui/index.ts';
import { locales, dateFormats } from '#renderer/messages/index.ts';
import { densities, idleChoices, motions, themes, usePreferences } from '../preferences.ts';
import { About } from './about.tsx';
import { Compact } from './compact.tsx';
import { KeychainForm, PassphraseForm, RecoveryForm } from './key-forms.tsx';
import { NetworkPolicy } from './network-policy.tsx';
import { Updates } from './updates.tsx';
import './settings.css';

/** Keys, network, looks and what runs, each with what it does in a sentence. */
export function SettingsView(_: ViewProps) {
  const t = useText();
  return (
    <div className="view-page settings">
      <h1>{t('settings.title')}</h1>
      <Appearance />
      <section className="panel setting" aria-labelledby="set-lock">
        <h2 id="set-lock">{t('settings.lock')}</h2>
        <IdleLock />
        <PassphraseForm />
        <RecoveryForm />
        <KeychainForm />
      </section>
      <NetworkPolicy />
      <Data />
      <Updates />
      <About />
    </div>
  );
}

function Appearance() {
  const t = useText();
  const wishes = usePreferences();
  const set = usePreferences.setState;
  return (
    <section className="panel setting" aria-labelledby="set-look">
      <h2 id="set-look">{t('settings.look')}</h2>
      <div className="setting-grid">
        <span>{t('settings.theme')}</span>
        <Segments
          label={t('settings.theme')}
          value={wishes.theme}
          options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
          onChange={(theme) => set({ theme })}
        />
        <span>{t('settings.density')}</span>
        <Segments
          label={t('settings.density')}
          value={wishes.density}
          options={densities.map((value) => ({ value, label: t(`settings.density.${value}`) }))}
          onChange={(density) => set({ density })}
        />
        <span>{t('settings.motion')}</span>
        <Segments
          label={t('settings.motion')}
          value={wishes.motion}
          options={motions.map((value) => ({ value, label: t(`settings.motion.${value}`) }))}
          onChange={(motion) => set({ motion })}
        />
        <span>{t('settings.dates')}</span>
        <Segments
          label={t('settings.dates')}
          value={wishes.dates}
          options={dateFormats.map((value) => ({ value, label: t(`settings.dates.${value}`) }))}
          onChange={(dates) => set({ dates })}
        />
        <span>{t('settings.locale')}</span>
        <Select
          label={t('settings.locale')}
          bare
          value={wishes.locale}
          options={locales.map((value) => ({ value, label: t(`settings.locale.${value}`) }))}
          onChange={(locale) => set({ locale })}
        />
      </div>
    </section>
  );
}

function IdleLock() {
  const t = useText();
  const minutes = usePreferences((preferences) => preferences.idleMinutes);
  return (
    <div className="stack">
      <Select
        label={t('settings.idle')}
        value={String(minutes)}
        options={idleChoices.map((value) => ({ value: String(value), label: t('settings.idle.minutes', { minutes: value }) }))}
        onChange={(value) => usePreferences.setState({ idleMinutes: idleChoices.find((one) => String(one) === value) ?? 30 })}
      />
      <p className="quiet small">{t('settings.idle.hint')}</p>
    </div>
  );
}

function Data() {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.admin.getWorkspaceFacts(undefined, { signal }), []);
  return (
    <section className="panel setting" aria-labelledby="set-data">
      <h2 id="set-data">{t('settings.data')}</h2>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {!data && !error ? <Loading /> : null}
      {data ? (
        <dl className="facts">
          <dt>{t('settings.folder')}</dt>
          <dd>
            <code>{data.folder}</code> <CopyButton text={data.folder} label={t('settings.folder.copy')} />
          </dd>
          <dt>{t('settings.made')}</dt>
          <dd>{t.time(data.createdAt)}</dd>
          <dt>{t('settings.size')}</dt>
          <dd>
            {t('settings.size.of', { database: t.bytes(data.database), log: t.bytes(data.writeAheadLog), backups: t.bytes(data.backups) })}
          </dd>
        </dl>
      ) : null}
      {data ? <Compact free={data.free} onDone={reload} /> : null}
      <div>
        <LinkButton href="#/backups">{t('nav.backups')}</LinkButton>
      </div>
    </section>
  );
}
