import { ShieldAlert, ShieldCheck } from 'lucide-react';
import { useQuery } from '#renderer/client/index.ts';
import { useText } from '#renderer/ui/index.ts';
import './admin.css';

/** "Network: off · 0 requests", from the engine's own ledger; always in sight. `link` leads to the ledger. */
export function NetworkSeal({ link }: { link?: boolean }) {
  const t = useText();
  const { data } = useQuery((client, signal) => client.admin.getLedger(undefined, { signal }), [], { refreshOn: 'ledger' });
  const calm = data?.network === 'off' && data.requests.length === 0;
  const Symbol = data && !calm ? ShieldAlert : ShieldCheck;
  const text = data ? t(data.network === 'off' ? 'seal.off' : 'seal.on', { count: data.requests.length }) : t('seal.unknown');
  const inner = (
    <>
      <Symbol size={15} aria-hidden />
      <span>{text}</span>
    </>
  );
  const look = calm ? 'seal' : data ? 'seal seal-open' : 'seal seal-unknown';
  return link ? (
    <a className={look} href="#/ledger">
      {inner}
    </a>
  ) : (
    <p className={look} role="status">
      {inner}
    </p>
  );
}
