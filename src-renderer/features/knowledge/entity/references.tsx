import { useState } from 'react';
import { Button, CopyButton, Shown, useText } from '#renderer/ui/index.ts';
import type { Reference } from './facts.ts';

const few = 8;

/** Where the source points to. Addresses are text to copy: opening them would leave the machine. */
export function References({ references }: { references: readonly Reference[] }) {
  const t = useText();
  const [all, setAll] = useState(false);
  if (references.length === 0) return null;
  const shown = all ? references : references.slice(0, few);
  return (
    <section aria-labelledby="references">
      <div className="view-head">
        <h2 id="references">{t('entity.references')}</h2>
        <Shown shown={shown.length} total={references.length} />
      </div>
      <ol className="references">
        {shown.map((reference, index) => (
          <li key={`${index}-${reference.source}`}>
            <div className="grow">
              <strong>{reference.source}</strong> {reference.externalId ? <code>{reference.externalId}</code> : null}
              {reference.description ? <p className="small">{reference.description}</p> : null}
              {reference.url ? <p className="small mono quiet reference-url">{reference.url}</p> : null}
            </div>
            {reference.url ? <CopyButton text={reference.url} label={t('entity.copyAddress')} /> : null}
          </li>
        ))}
      </ol>
      {references.length > few ? (
        <Button small kind="quiet" onClick={() => setAll(!all)}>
          {t(all ? 'ui.fewer' : 'ui.all')}
        </Button>
      ) : null}
    </section>
  );
}
