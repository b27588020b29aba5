import { contract } from '#shared/contract/index.ts';
import type { RedoubtClient } from './connect.ts';

/** The calls of the graph that take a branch: read off the contract, so that a new one is not forgotten. */
const branchable = new Set(
  Object.entries(contract.knowledge).flatMap(([name, part]) => (part.kind !== 'event' && takesBranch(part.input) ? [name] : [])),
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
  const calls = client.knowledge as unknown as Readonly<Record<string, (input?: object, options?: unknown) => unknown>>;
  const knowledge = new Proxy(calls, {
    get(target, name) {
      const call = target[name as string];
      if (typeof name !== 'string' || !branchable.has(name) || typeof call !== 'function') return call;
      return (input?: object, options?: unknown) => call({ branch, ...input }, options);
    },
  });
  return { ...client, knowledge: knowledge as unknown as RedoubtClient['knowledge'] };
}
