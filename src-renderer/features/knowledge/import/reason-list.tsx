import { Shown, useText } from '#renderer/ui/index.ts';

interface Reason {
  id?: string | undefined;
  path: string;
  what: string;
}

/** Objects with the reason why each was rejected, or what of it would be lost; capped lists say so. */
export function ReasonList({
  title,
  kind,
  total,
  items,
}: {
  title: string;
  kind: 'bad' | 'warn';
  total: number;
  items: readonly Reason[];
}) {
  const t = useText();
  if (total === 0) return null;
  const shown = items.slice(0, 200);
  return (
    <details className="disclosure reasons" open={kind === 'bad'}>
      <summary>
        <span className={`chip chip-${kind}`}>{t.number(total)}</span> {title} <Shown shown={shown.length} total={total} />
      </summary>
      <div className="table-scroll reasons-scroll" tabIndex={0} role="group" aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('import.reason')}</th>
              <th scope="col">{t('import.where')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((item, index) => (
              <tr key={`${index}-${item.path}`}>
                <td>{item.what}</td>
                <td>
                  <code>{item.path}</code>
                  {item.id ? <code className="quiet reasons-id">{item.id}</code> : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
