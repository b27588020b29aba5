import type { Json } from '#shared/domain/knowledge/stix.ts';
import { useText } from '#renderer/ui/index.ts';
import { outline } from '../value-outline.ts';

const mostSigns = 1_500;

/** Any value as text that people read; long ones are cut, and it is said. */
export function ValueText({ value }: { value: Json }) {
  const t = useText();
  const text = outline(value, { yes: t('ui.yes'), no: t('ui.no') });
  return (
    <span className="value-text">
      {text.slice(0, mostSigns)}
      {text.length > mostSigns ? (
        <span className="shown">{` … ${t('ui.shown', { shown: t.number(mostSigns), total: t.number(text.length), what: '' })}`}</span>
      ) : null}
    </span>
  );
}
