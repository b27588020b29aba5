import type { BranchChange } from '#shared/contract/knowledge.ts';
import { useText } from '#renderer/ui/index.ts';
import { outline } from '../value-outline.ts';

const MOST_SHOWN = 600;

/** What one side says: a text as it is, anything else in words, of a whole object what describes it. */
export function ChangeValue({ change, side }: { change: BranchChange; side: 'main' | 'branch' }) {
  const t = useText();
  const value = change[side];
  if (change.kind === 'tag') return <span className="quiet">{t(value === true ? 'changes.has' : 'changes.hasNot')}</span>;
  if (change.kind === 'deletion') return <span className="quiet">{t(value === true ? 'changes.gone' : 'changes.present')}</span>;
  if (value === undefined || value === null) return <span className="quiet">{t('changes.nothing')}</span>;
  const text = outline(change.kind === 'object' ? withoutTimes(value) : value, { yes: t('ui.yes'), no: t('ui.no') });
  return <span className="change-value">{text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text}</span>;
}

function withoutTimes(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !['created', 'modified', 'spec_version', 'id', 'type'].includes(key)));
}
