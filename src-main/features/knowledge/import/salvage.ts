import { isContractError } from '#shared/transport/errors.ts';
import type { Item } from '../formats/format.ts';

/**
 * A file that breaks off in the middle keeps what came before the break: the break becomes one
 * rejection with its reason. A file that is broken from the start fails as a whole.
 */
export async function* salvage(items: AsyncIterable<Item[]>): AsyncGenerator<Item[]> {
  let any = false;
  try {
    for await (const batch of items) {
      any ||= batch.some(({ kind }) => kind === 'object');
      yield batch;
    }
  } catch (error) {
    if (!any || !isContractError(error) || error.code !== 'invalid_input') throw error;
    yield [{ kind: 'rejected', path: 'end of file', reason: `${error.message} What came before is kept.` }];
  }
}
