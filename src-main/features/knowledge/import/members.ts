import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import type { Format, Item, ReadContext } from '../formats/format.ts';
import { detectFormat, formats } from '../formats/index.ts';
import { type Container, isBeyondBudget, type Member } from './archives/index.ts';
import { salvage } from './salvage.ts';

/** What the files of a folder or archive are, found by looking at the beginning of each. */
export interface Survey {
  /** In the order in which formats are read: what others refer to comes first. */
  readonly formats: readonly Format[];
  /** Format of each file by its path. */
  readonly byPath: ReadonlyMap<string, Format>;
  /** Why the first file of each format was recognised. */
  readonly because: ReadonlyMap<Format, string>;
  /** One for each file that is not read, and why. */
  readonly rest: readonly Item[];
}

const batch = 500;

/** Looks at every file once. Throws where the folder or archive as a whole is not readable or past its bounds. */
export async function survey(container: Container, as: Format | undefined, job: JobHandle): Promise<Survey> {
  const byPath = new Map<string, Format>();
  const because = new Map<Format, string>();
  const rest: Item[] = [];
  const refuse = (path: string, reason: string) => rest.push({ kind: 'rejected', path, reason });
  try {
    for await (const member of container.members(job.signal)) {
      if (byPath.size % 100 === 0) job.progress(undefined, `${container.name}: ${byPath.size} files`);
      if (member.changed !== undefined) rest.push({ kind: 'loss', path: member.path, what: member.changed });
      if (member.skipped !== undefined) rest.push({ kind: 'loss', path: member.path, what: `left out: ${member.skipped}` });
      else if (member.refused !== undefined || !member.open) refuse(member.path, member.refused ?? 'it cannot be read');
      else {
        const found = await recognise(member.open, as);
        if (typeof found === 'string') refuse(member.path, found);
        else {
          byPath.set(member.path, found.format);
          if (!because.has(found.format)) because.set(found.format, found.because);
        }
      }
    }
  } catch (error) {
    // An archive that breaks off keeps what came before the break, like a file.
    if (!isContractError(error) || error.code !== 'invalid_input' || byPath.size === 0) throw error;
    refuse('end of archive', `${error.message} What came before is kept.`);
  }
  return { formats: formats.filter((format) => because.has(format)), byPath, because, rest };
}

async function recognise(open: NonNullable<Member['open']>, as: Format | undefined): Promise<{ format: Format; because: string } | string> {
  try {
    const head = await (await open()).head();
    if (head.complete && head.text.trim() === '') return 'it is empty';
    if (as) return { format: as, because: 'chosen by you' };
    return detectFormat(head) ?? 'it is none of the formats that can be read';
  } catch (error) {
    if (!isContractError(error) || error.code === 'cancelled' || isBeyondBudget(error)) throw error;
    return error.message;
  }
}

/**
 * Everything that the files of one format hold, some hundreds of items at a time; a path is that of the file and the
 * place in it. A file that cannot be read becomes one rejection.
 */
export async function* readMembers(
  container: Container,
  { byPath }: Pick<Survey, 'byPath'>,
  format: Format,
  context: ReadContext,
): AsyncGenerator<Item[]> {
  let waiting: Item[] = [];
  const known = new Map<string, string>();
  const shared: ReadContext = {
    ...context,
    given: context.given ?? new Set(),
    findByExternalId: (externalId) => context.findByExternalId(externalId) ?? known.get(externalId),
  };
  try {
    for await (const member of container.members(context.signal)) {
      if (byPath.get(member.path) !== format || !member.open || member.refused !== undefined) continue;
      try {
        for await (const items of salvage(format.read(await member.open(), shared))) {
          for (const item of items) {
            waiting.push({ ...item, path: item.path === '' ? member.path : `${member.path}: ${item.path}` });
            const externalId = item.kind === 'object' ? externalIdOf(item.object) : undefined;
            if (externalId !== undefined && item.kind === 'object' && !known.has(externalId)) known.set(externalId, item.object.id);
          }
          if (waiting.length >= batch) {
            yield waiting;
            waiting = [];
          }
        }
      } catch (error) {
        if (!isContractError(error) || error.code === 'cancelled' || isBeyondBudget(error)) throw error;
        waiting.push({ kind: 'rejected', path: member.path, reason: error.message });
      }
    }
  } catch (error) {
    // The break was told by the survey.
    if (!isContractError(error) || error.code !== 'invalid_input') throw error;
  }
  if (context.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
  if (waiting.length > 0) yield waiting;
}

/** The files that are not read, as the last part of the import. */
export async function* unread(rest: readonly Item[]): AsyncGenerator<Item[]> {
  for (let at = 0; at < rest.length; at += batch) yield rest.slice(at, at + batch);
}
