import { basename } from 'node:path';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { OpenSource } from '../../formats/source.ts';
import { folderDigest, folderMembers, isFolder } from './folder.ts';
import { type ArchiveLimits, Budget, isBeyondBudget, type Member, usualArchiveLimits } from './member.ts';
import { startsLikeTar, tarMembers } from './tar.ts';
import { isOfficeFile, startsLikeZip, zipMembers } from './zip.ts';

export type { Member } from './member.ts';
export { isBeyondBudget } from './member.ts';

/** Many files under one name: a folder, or an archive of any kind that is read. */
export interface Container {
  readonly name: string;
  readonly kind: 'folder' | 'zip' | 'tar';
  /** All files in a fixed order, those of archives within it included. A member's content lasts until the next one. */
  members(signal: AbortSignal): AsyncGenerator<Member>;
  sha256(): Promise<string>;
}

/** The folder at a path, or undefined where the path is none. */
export async function containerFromFolder(path: string, limits: ArchiveLimits = usualArchiveLimits): Promise<Container | undefined> {
  if (!(await isFolder(path))) return undefined;
  const name = basename(path) || path;
  // What lies on the disk is no bomb by its ratio.
  const budget = () => new Budget(name, Number.POSITIVE_INFINITY, limits);
  return {
    name,
    kind: 'folder',
    members: (signal) => {
      const own = budget();
      return distinct(within(folderMembers(path, own), own, 0, signal), signal);
    },
    sha256: () => folderDigest(path, budget()),
  };
}

/** The archive that a file is, or undefined where it is none. Throws for kinds of archives that are known but not read. */
export async function containerFromSource(source: OpenSource, limits: ArchiveLimits = usualArchiveLimits): Promise<Container | undefined> {
  const kind = await archiveKind(source);
  if (kind === undefined) return undefined;
  return {
    name: source.name,
    kind,
    members: (signal) => {
      const budget = new Budget(source.name, source.size, limits);
      return distinct(within(membersOf(kind, source, budget), budget, 1, signal), signal);
    },
    sha256: () => source.sha256(),
  };
}

async function archiveKind(source: OpenSource): Promise<'zip' | 'tar' | undefined> {
  const first = await source.start(8192);
  if (startsLikeZip(first)) return (await isOfficeFile(source)) ? undefined : 'zip';
  if (startsLikeTar(first)) return 'tar';
  const known = unread.find(([magic]) => magic.every((byte, index) => first[index] === byte));
  if (known)
    throw new ContractError(
      'invalid_input',
      `“${source.name}” is a ${known[1]} archive, which is not read here; pack it as .zip or .tar.xz.`,
    );
  return undefined;
}

const unread: readonly (readonly [readonly number[], string])[] = [
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], '7z'],
  [[0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], 'RAR'],
  [[0x42, 0x5a, 0x68], 'bzip2'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'Zstandard'],
];

function membersOf(kind: 'zip' | 'tar', source: OpenSource, budget: Budget): AsyncGenerator<Member> {
  return kind === 'zip' ? zipMembers(source, budget) : tarMembers(source, budget);
}

/** Members as they are, and in the place of an archive among them what it holds. */
async function* within(members: AsyncGenerator<Member>, budget: Budget, depth: number, signal: AbortSignal): AsyncGenerator<Member> {
  for await (const member of members) {
    if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
    if (!member.open || member.refused !== undefined || member.skipped !== undefined) {
      yield member;
      continue;
    }
    let source: OpenSource | undefined;
    let kind: 'zip' | 'tar' | undefined;
    try {
      source = metered(await member.open(), budget);
      kind = await archiveKind(source);
    } catch (error) {
      if (!isContractError(error) || isBeyondBudget(error) || error.code === 'cancelled') throw error;
      yield { path: member.path, refused: error.message };
      continue;
    }
    const opened = source;
    if (kind === undefined) {
      yield { ...member, open: async () => opened };
      continue;
    }
    if (depth >= budget.limits.depth) {
      yield { path: member.path, refused: `it is an archive within ${budget.limits.depth} others; unpack it and import it by itself` };
      continue;
    }
    if (kind === 'zip' && !opened.isRandom) {
      yield { path: member.path, refused: 'it is a zip within an archive and too large to be held; unpack it and import it by itself' };
      continue;
    }
    try {
      for await (const one of within(membersOf(kind, opened, budget), budget, depth + 1, signal))
        yield { ...one, path: `${member.path}/${one.path}` };
    } catch (error) {
      if (!isContractError(error) || error.code !== 'invalid_input') throw error;
      yield { path: member.path, refused: error.message };
    }
  }
}

/** A path that comes twice could mean either file: the first counts, as in a listing. */
async function* distinct(members: AsyncGenerator<Member>, signal: AbortSignal): AsyncGenerator<Member> {
  const seen = new Set<string>();
  for await (const member of members) {
    if (signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
    if (seen.has(member.path) && member.refused === undefined)
      yield { path: member.path, refused: 'a file of the same path stands before it in the archive; only the first is read' };
    else yield member;
    seen.add(member.path);
  }
}

/** A member that is packed itself: what it unpacks to counts for the whole archive, each time it is read. */
function metered(source: OpenSource, budget: Budget): OpenSource {
  if (!source.packed) return source;
  return {
    ...source,
    async *bytes() {
      for await (const piece of source.bytes()) {
        budget.work(piece.length);
        yield piece;
      }
    },
  };
}
