import type { Json } from '#shared/domain/knowledge/stix.ts';
import { useText } from '#renderer/ui/index.ts';

const mostSigns = 1_500;

/** Any value as text; long ones are cut, and it is said. */
export function ValueText({ value }: { value: Json }) {
  const t = useText();
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, Array.isArray(value) && value.length < 6 ? 0 : 1);
  return (
    <span className={typeof value === 'string' ? 'value-text' : 'value-text mono'}>
      {text.slice(0, mostSigns)}
      {text.length > mostSigns ? (
        <span className="shown">{` … ${t('ui.shown', { shown: t.number(mostSigns), total: t.number(text.length), what: '' })}`}</span>
      ) : null}
    </span>
  );
}
