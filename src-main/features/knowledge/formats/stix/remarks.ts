import type { Item } from '../format.ts';

/** Remarks of one kind that are listed one by one; of more the count is said. */
const LISTED = 25;

/**
 * Counts remarks by kind. The first of a kind are listed one by one; an import of ATT&CK would
 * otherwise list 50,000 references without hashes. What is really gone is always listed.
 */
export class Remarks {
  readonly #counts = new Map<string, { count: number; example: string }>();

  /** The item to list, or undefined once the kind has been listed often enough. */
  note(kind: string, id: string | undefined, path: string, what: string): Item | undefined {
    const seen = this.#counts.get(kind);
    if (seen) seen.count++;
    else this.#counts.set(kind, { count: 1, example: what });
    return (seen?.count ?? 1) <= LISTED ? lossItem(id, path, what) : undefined;
  }

  /** One item for each kind of which not all were listed: shown X of Y. */
  summary(path: string): Item[] {
    const items: Item[] = [];
    for (const { count, example } of this.#counts.values())
      if (count > LISTED) items.push(lossItem(undefined, path, `${count} remarks of this kind, ${LISTED} of them listed: ${example}`));
    return items;
  }
}

export function lossItem(id: string | undefined, path: string, what: string): Item {
  return id === undefined ? { kind: 'loss', path, what } : { kind: 'loss', id, path, what };
}
