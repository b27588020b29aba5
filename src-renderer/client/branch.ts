import { contract } from '#shared/contract/index.ts';
import type { RedoubtClient } from './connect.ts';

/** Words whose calls read or change the graph. */
const words = ['knowledge', 'coverage', 'investigation'] as const;

/** The calls that take a branch: read off the contract, so that a new one is not forgotten. */
const branchable = new Set(
  words.flatMap((word) =>
    Object.entries(contract[word]).flatMap(([name, part]) => (part.kind !== 'event' && takesBranch(part.input) ? [`${word}.${name}`] : [])),
  ),
);

function takesBranch(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if ('shape' in schema && typeof schema.shape === 'object' && schema.shape !== null)
    return 'branch' in schema.shape && isOptional(schema.shape.branch);
  if ('unwrap' in schema && typeof schema.unwrap === 'function') return takesBranch(schema.unwrap());
  return false;
}

/** Where the branch must be named, the caller names it. */
function isOptional(schema: unknown): boolean {
  return (
    typeof schema === 'object' &&
    schema !== null &&
    'safeParse' in schema &&
    typeof schema.safeParse === 'function' &&
    schema.safeParse(undefined).success
  );
}

/** The same client, whose reads and edits of the graph go to a branch where the caller names none. */
export function clientOnBranch(client: RedoubtClient, branch: string): RedoubtClient {
  const onBranch = <W extends (typeof words)[number]>(word: W): RedoubtClient[W] => {
    const calls = client[word] as unknown as Readonly<Record<string, (input?: object, options?: unknown) => unknown>>;
    return new Proxy(calls, {
      get(target, name) {
        const call = target[name as string];
        if (typeof name !== 'string' || !branchable.has(`${word}.${name}`) || typeof call !== 'function') return call;
        return (input?: object, options?: unknown) => call({ branch, ...input }, options);
      },
    }) as unknown as RedoubtClient[W];
  };
  return { ...client, knowledge: onBranch('knowledge'), coverage: onBranch('coverage'), investigation: onBranch('investigation') };
}

/** Where this tab keeps the chosen branch over a reload; its id alone, nothing that the workspace says of it. */
const kept = 'redoubt.branch';
const looksLikeId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isBranchId = (text: string): boolean => looksLikeId.test(text);

export function keptBranch(): string | undefined {
  try {
    const id = sessionStorage.getItem(kept);
    return id !== null && isBranchId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

export function keepBranch(id: string | undefined) {
  try {
    if (id === undefined) sessionStorage.removeItem(kept);
    else sessionStorage.setItem(kept, id);
  } catch {
    // A browser that keeps nothing starts on main after a reload; the strip says where one is.
  }
}
