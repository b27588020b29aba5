import { ContractError } from '#shared/transport/errors.ts';
import type { Item } from './format.ts';

const pageSize = 500;

export function checkSignal(signal: AbortSignal): void {
  if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
}

/** Groups items into arrays of some hundreds; stops where the signal says so. */
export async function* inPages(items: AsyncIterable<Item> | Iterable<Item>, signal: AbortSignal): AsyncIterable<Item[]> {
  let page: Item[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length >= pageSize) {
      checkSignal(signal);
      yield page;
      page = [];
    }
  }
  checkSignal(signal);
  if (page.length > 0) yield page;
}
