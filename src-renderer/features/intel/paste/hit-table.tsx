import type { KeyboardEvent } from 'react';
import type { PastedHit, PastedKind } from '#shared/contract/intel.ts';
import { EntityLine } from '#renderer/features/knowledge/index.ts';
import { actionOf, useText } from '#renderer/ui/index.ts';
import { pasteKeys } from './paste-keys.ts';
import { Visible } from './marked-text.tsx';

const groups: readonly { name: 'names' | 'network' | 'files' | 'host'; kinds: readonly PastedKind[] }[] = [
  { name: 'names', kinds: ['name', 'cve', 'attack', 'capec', 'cwe'] },
  { name: 'network', kinds: ['url', 'domain', 'ipv4', 'ipv6', 'cidr', 'email', 'asn', 'mac'] },
  { name: 'files', kinds: ['sha256', 'sha1', 'md5', 'sha512', 'ssdeep', 'file-name', 'file-path'] },
  { name: 'host', kinds: ['registry-key', 'crypto-address'] },
];

/** What touches the assets first, then what is known, then the new; doubtful and warned ones last. */
const rank = (hit: PastedHit) =>
  (hit.doubt || hit.warninglists.length > 0 ? 4 : 0) +
  (hit.known.some(({ assetsTotal, entity }) => assetsTotal > 0 || entity.type === 'x-redoubt-asset') ? 0 : hit.known.length > 0 ? 1 : 2);

interface Choice {
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (key: string, chosen: boolean) => void;
}

/** Hits by what they are. Arrows walk the boxes, Space chooses; A chooses all that are sure. */
export function HitTable({ hits, onSure, ...choice }: { hits: readonly PastedHit[]; onSure: () => void } & Choice) {
  const t = useText();
  const walk = (event: KeyboardEvent<HTMLDivElement>) => {
    const act = actionOf(pasteKeys, event);
    if (act === 'sure') {
      event.preventDefault();
      return onSure();
    }
    if (act !== 'down' && act !== 'up') return;
    const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>('input[type=checkbox]:not(:disabled)')];
    const at = boxes.findIndex((box) => box === document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    boxes[Math.max(0, Math.min(boxes.length - 1, at + (act === 'down' ? 1 : -1)))]?.focus();
  };
  return (
    <div className="paste-groups" onKeyDown={walk}>
      {groups.map(({ name, kinds }) => {
        const own = hits.filter(({ kind }) => kinds.includes(kind)).sort((a, b) => rank(a) - rank(b));
        if (own.length === 0) return null;
        return (
          <section key={name} aria-labelledby={`paste-${name}`}>
            <h3 id={`paste-${name}`} className="label">
              {t(`paste.group.${name}`)} <span className="quiet">{t.number(own.length)}</span>
            </h3>
            <ul className="paste-hits">
              {own.map((hit) => (
                <HitRow key={hit.key} hit={hit} {...choice} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function HitRow({ hit, chosen, onChoose }: { hit: PastedHit } & Choice) {
  const t = useText();
  const forms = hit.written.filter((form) => form !== hit.value);
  return (
    <li className={`paste-hit${hit.doubt || hit.warninglists.length > 0 ? ' paste-hit-doubt' : ''}`} id={`hit-${hit.key}`}>
      <input
        type="checkbox"
        aria-label={t('paste.choose', { value: hit.value })}
        checked={chosen.has(hit.key)}
        disabled={!hit.keepable}
        onChange={(event) => onChoose(hit.key, event.target.checked)}
      />
      <div className="paste-hit-body">
        <p className="paste-hit-head">
          <span className="chip">{t(`paste.kind.${hit.kind}`)}</span>
          <b className="paste-value">
            <Visible text={hit.value} />
          </b>
          {hit.count > 1 ? <span className="quiet small">{t('paste.times', { count: hit.count })}</span> : null}
          {hit.doubt ? <span className="chip chip-warn">{t(`paste.doubt.${hit.doubt}`)}</span> : null}
        </p>
        {forms.length > 0 ? (
          <p className="quiet small clip">
            <Visible text={t('paste.written', { forms: forms.join(', ') })} />
          </p>
        ) : null}
        {hit.warninglists.length > 0 ? (
          <p className="small paste-warn">{t('paste.warned', { lists: hit.warninglists.join(', ') })}</p>
        ) : null}
        {hit.known.map(({ entity, relations, assets, assetsTotal, verdict }) => (
          <div key={entity.id} className="paste-known">
            <p className="row">
              <EntityLine entity={entity} />
              <span className="quiet small">{t('paste.relations', { count: relations })}</span>
            </p>
            {assetsTotal > 0 ? (
              <p className="row small">
                <span>{t('paste.touches', { count: assetsTotal })}</span>
                {assets.map((asset) => (
                  <EntityLine key={asset.id} entity={asset} />
                ))}
                {assetsTotal > assets.length ? (
                  <span className="quiet">{t('paste.others', { count: assetsTotal - assets.length })}</span>
                ) : null}
              </p>
            ) : null}
            {verdict ? <p className="small">{t('paste.verdict', { reason: verdict.reason })}</p> : null}
          </div>
        ))}
        {hit.knownTotal > hit.known.length ? (
          <p className="quiet small">{t('paste.others', { count: hit.knownTotal - hit.known.length })}</p>
        ) : null}
        {hit.known.length === 0 ? <p className="quiet small">{t(hit.keepable ? 'paste.unknown' : 'paste.unkeepable')}</p> : null}
        <p className="quiet small paste-sentence">
          <Visible text={hit.sentence} />
        </p>
      </div>
    </li>
  );
}
