import { useQuery } from '#renderer/client/index.ts';
import { Failed, Loading, useText } from '#renderer/ui/index.ts';

/** Licence and attribution of each pack that is shipped, as the pack itself says it. */
export function PackNotices() {
  const t = useText();
  const { data, error, reload } = useQuery((client, signal) => client.intel.listPacks(undefined, { signal }), [], { refreshOn: 'nothing' });
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  const said = new Map<string, string[]>();
  for (const { title, version, notice } of data) said.set(notice, [...(said.get(notice) ?? []), `${title} ${version}`]);
  return (
    <section className="stack" aria-labelledby="pack-notices">
      <h3 id="pack-notices">{t('packs.notices')}</h3>
      {[...said].map(([notice, packs]) => (
        <div key={notice}>
          <p>
            <strong>{packs.join(', ')}</strong>
          </p>
          {notice.split(/\n{2,}/).map((paragraph) => (
            <p key={paragraph} className="quiet small">
              {paragraph}
            </p>
          ))}
        </div>
      ))}
    </section>
  );
}
