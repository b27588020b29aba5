import { useEffect } from 'react';
import { isBranchId, useBranch } from '#renderer/client/index.ts';
import { go } from '#renderer/ui/index.ts';
import type { Route } from './router.ts';

/** A link may say on which branch it is meant: `#/entity/ID?branch=UUID`, or `branch=main`. What it says is taken over once and leaves the address. */
export function useBranchOfAddress({ name, rest, query }: Route) {
  const { branch, chooseBranch } = useBranch();
  const wanted = query.get('branch');
  useEffect(() => {
    if (wanted === null) return;
    if (wanted === 'main') chooseBranch(undefined);
    else if (isBranchId(wanted) && wanted !== branch?.id) chooseBranch({ id: wanted, name: '' });
    const others = new URLSearchParams(query);
    others.delete('branch');
    const path = [name, ...rest].map(encodeURIComponent).join('/');
    go(`#/${path === 'home' ? '' : path}${others.size > 0 ? `?${others}` : ''}`, true);
  }, [wanted]);
}
