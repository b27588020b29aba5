import type { BranchChange } from '#shared/contract/knowledge.ts';
import type { Text } from '#renderer/ui/index.ts';

/** How the state of a branch looks. */
export const branchChips = { open: 'chip', proposed: 'chip chip-warn', merged: 'chip chip-good', discarded: 'chip' } as const;

/** What of the object a change is about. */
export function whatOf(t: Text, { kind, name = '' }: Pick<BranchChange, 'kind' | 'name'>): string {
  if (kind === 'property') return name;
  if (kind === 'tag') return t('changes.tag', { name });
  return t(kind === 'object' ? 'changes.whole' : 'changes.deletion');
}
