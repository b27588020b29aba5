import { useEffect, useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { PackNotices } from '#renderer/features/intel/index.ts';
import { useText } from '#renderer/ui/index.ts';
import type { Licence } from './licences.ts';

/** The version, and the licences of all that is shipped; read from package data at build time. */
export function About() {
  const t = useText();
  const facts = useQuery((client, signal) => client.admin.getWorkspaceFacts(undefined, { signal }), [], { refreshOn: 'nothing' });
  const [licences, setLicences] = useState<readonly Licence[]>([]);
  useEffect(() => {
    void import('./licences.ts').then((module) => setLicences(module.licences));
  }, []);
  return (
    <section className="panel setting" aria-labelledby="set-about">
      <h2 id="set-about">{t('settings.about')}</h2>
      <p>{facts.data ? t('settings.version', { version: facts.data.version }) : ''}</p>
      <PackNotices />
      <details className="disclosure">
        <summary>{t('settings.licences', { count: licences.length })}</summary>
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('settings.licences', { count: licences.length })}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('settings.package')}</th>
                <th scope="col">{t('settings.package.version')}</th>
                <th scope="col">{t('settings.licence')}</th>
              </tr>
            </thead>
            <tbody>
              {licences.map(({ name, version, licence }) => (
                <tr key={`${name} ${version}`}>
                  <td>{name}</td>
                  <td>{version}</td>
                  <td>{licence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  );
}
