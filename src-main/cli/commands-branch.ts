import { contract } from '#shared/contract/index.ts';
import type { Branch, BranchChange } from '#shared/contract/knowledge.ts';
import { type Command, type Context, exit, type RedoubtClient, UsageError } from './command.ts';
import { count, plain, table } from './text.ts';

const calls = contract.knowledge;

/** A branch by its id or, where one alone is called so, its name. */
export async function branchNamed(client: RedoubtClient, text: string): Promise<Branch> {
  const { rows } = await client.knowledge.listBranches({ limit: 500 });
  const byId = rows.find(({ id }) => id === text.toLowerCase());
  if (byId) return byId;
  const named = rows.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  const open = named.filter(({ closed }) => !closed);
  const found = open.length > 0 ? open : named;
  if (found.length > 1) throw new UsageError(`Several branches are called “${plain(text)}”; give the id of one: redoubt branch list.`);
  if (!found[0]) throw new UsageError(`There is no branch “${plain(text)}”; see: redoubt branch list.`);
  return found[0];
}

/** `--branch NAME` of a command, as the id that calls take. */
export async function branchOption({ client, text }: Pick<Context, 'client' | 'text'>): Promise<{ branch?: string }> {
  const named = text('branch');
  return named === undefined ? {} : { branch: (await branchNamed(client, named)).id };
}

export const branchFlag = { type: 'string', value: 'BRANCH', about: 'The branch, by name or id; main unless given.' } as const;

const line = ({ name, state, objects, id }: Branch) => `${plain(name)}  ${state}, ${count(objects, 'object')}  ${id}\n`;

const create: Command = {
  words: 'branch create',
  about: calls.createBranch.about,
  args: ['NAME'],
  options: { description: { type: 'string', value: 'TEXT', about: 'What it is for.' } },
  wants: 'workspace',
  async run({ client, args, text, print }) {
    const description = text('description');
    const branch = await client.knowledge.createBranch({ name: args[0] as string, ...(description !== undefined && { description }) });
    await print(branch, () => line(branch));
    return exit.done;
  },
};

const list: Command = {
  words: 'branch list',
  about: calls.listBranches.about,
  args: [],
  options: {},
  wants: 'workspace',
  async run({ client, io, print, signal }) {
    const answer = await client.knowledge.listBranches({ limit: 500 }, { signal });
    await print(answer, () =>
      table(
        ['NAME', 'STATE', 'OBJECTS', 'MADE', 'BY', 'ID'],
        answer.rows.map(({ name, state, objects, created, id }) => [name, state, objects, created.at, created.actor, id]),
        io.isScreen ? io.columns : undefined,
      ),
    );
    return exit.done;
  },
};

const value = (side: BranchChange['main']) => (side === undefined ? '' : typeof side === 'string' ? side : JSON.stringify(side));

const show: Command = {
  words: 'branch show',
  about: calls.getBranchChanges.about,
  args: ['BRANCH'],
  options: { limit: { type: 'string', value: 'N', about: 'How many changes to show (100 unless given, 500 at most).' } },
  wants: 'workspace',
  async run({ client, args, io, print, remark, number, signal }) {
    const branch = await branchNamed(client, args[0] as string);
    const answer = await client.knowledge.getBranchChanges({ branch: branch.id, limit: number('limit', 1, 500) ?? 100 }, { signal });
    await print({ branch, ...answer }, () =>
      [
        line(branch),
        table(
          ['OBJECT', 'WHAT', 'CHANGE', 'MAIN', 'BRANCH', 'DECISION', 'REASON', 'ID'],
          answer.rows.map((row) => [
            row.title,
            [row.kind === 'property' ? '' : row.kind, row.name ?? ''].join(' ').trim(),
            row.state,
            row.kind === 'object' ? '' : value(row.main),
            row.kind === 'object' ? '' : value(row.branch),
            row.review?.decision ?? '',
            row.review?.reason ?? '',
            row.id,
          ]),
          io.isScreen ? io.columns : undefined,
        ),
      ].join(''),
    );
    if (answer.shown < answer.total) remark(`Shown ${answer.shown} of ${answer.total}.`);
    return exit.done;
  },
};

const review: Command = {
  words: 'branch review',
  about: calls.reviewChanges.about,
  args: ['BRANCH', '[CHANGE…]'],
  options: {
    accept: { type: 'boolean', about: 'Accept the changes.' },
    reject: { type: 'boolean', about: 'Reject them.' },
    reset: { type: 'boolean', about: 'Take a decision back.' },
    reason: { type: 'string', value: 'TEXT', about: 'Why; kept with the decision.' },
    take: { type: 'string', value: 'SIDE', about: 'Of a conflict the value to take: branch, main or value.' },
    value: { type: 'string', value: 'JSON', about: 'With --take value: the value, as JSON or as a text.' },
  },
  wants: 'workspace',
  async run({ client, args, text, flag, print }) {
    const decisions = (['accept', 'reject', 'reset'] as const).filter((name) => flag(name));
    if (decisions.length !== 1) throw new UsageError('Say one of --accept, --reject and --reset.');
    const take = text('take');
    if (take !== undefined && take !== 'branch' && take !== 'main' && take !== 'value')
      throw new UsageError('--take is branch, main or value.');
    const own = text('value');
    const reason = text('reason');
    const branch = await branchNamed(client, args[0] as string);
    const changes = args.slice(1).map(changeNamed);
    const answer = await client.knowledge.reviewChanges({
      branch: branch.id,
      decision: decisions[0] === 'accept' ? 'accepted' : decisions[0] === 'reject' ? 'rejected' : 'undecided',
      ...(changes.length > 0 && { changes }),
      ...(reason !== undefined && { reason }),
      ...(take !== undefined && { take }),
      ...(own !== undefined && { value: jsonOrText(own) }),
    });
    await print(answer, () => `${count(answer.reviewed, 'change')} decided; ${answer.counts.undecided} undecided.\n`);
    return exit.done;
  },
};

/** `ID`: the whole object; `ID/PROPERTY`; `ID#TAG`; `ID!`: its deletion. */
function changeNamed(text: string) {
  const found = /^(.+?--[0-9a-fA-F-]{36})(?:\/(.+)|#(.+)|(!))?$/.exec(text);
  if (!found?.[1])
    throw new UsageError(`“${plain(text)}” names no change: ID for a whole object, ID/PROPERTY, ID#TAG, or ID! for a deletion.`);
  const [, id, property, tag, deletion] = found;
  if (property !== undefined) return { id, kind: 'property' as const, name: property };
  if (tag !== undefined) return { id, kind: 'tag' as const, name: tag };
  return { id, kind: deletion ? ('deletion' as const) : ('object' as const) };
}

export function jsonOrText(text: string): NonNullable<BranchChange['main']> {
  try {
    return JSON.parse(text) as NonNullable<BranchChange['main']>;
  } catch {
    return text;
  }
}

const word = (words: 'propose' | 'reopen', call: 'proposeBranch' | 'reopenBranch'): Command => ({
  words: `branch ${words}`,
  about: calls[call].about,
  args: ['BRANCH'],
  options: {},
  wants: 'workspace',
  async run({ client, args, print }) {
    const branch = await client.knowledge[call]({ branch: (await branchNamed(client, args[0] as string)).id });
    await print(branch, () => line(branch));
    return exit.done;
  },
});

const merge: Command = {
  words: 'branch merge',
  about: calls.mergeBranch.about,
  args: ['BRANCH'],
  options: {},
  wants: 'workspace',
  async run({ client, args, print }) {
    const answer = await client.knowledge.mergeBranch({ branch: (await branchNamed(client, args[0] as string)).id });
    await print(
      answer,
      () => `Merged ${count(answer.merged, 'change')}, ${answer.rejected} rejected. Undo: redoubt undo ${answer.action}\n`,
    );
    return exit.done;
  },
};

const discard: Command = {
  words: 'branch discard',
  about: calls.discardBranch.about,
  args: ['BRANCH'],
  options: {},
  wants: 'workspace',
  async run({ client, args, print }) {
    const answer = await client.knowledge.discardBranch({ branch: (await branchNamed(client, args[0] as string)).id });
    await print(answer, () => `Discarded. Undo: redoubt undo ${answer.action}\n`);
    return exit.done;
  },
};

const edit: Command = {
  words: 'edit',
  about: calls.setProperty.about,
  args: ['ID', 'PROPERTY', '[VALUE]'],
  options: { branch: branchFlag },
  wants: 'workspace',
  async run(context) {
    const { client, args, print } = context;
    const [named = '', property = '', text] = args;
    const on = await branchOption(context);
    const { id } = await client.knowledge.getEntity({ id: named, ...on });
    const entity = await client.knowledge.setProperty({ id, property, value: text === undefined ? null : jsonOrText(text), ...on });
    await print(
      entity,
      () => `${plain(entity.name)}: ${property} ${text === undefined ? 'removed' : 'set'}. Undo: redoubt undo ${entity.action}\n`,
    );
    return exit.done;
  },
};

const diff: Command = {
  words: 'diff',
  about: calls.diffTimes.about,
  args: ['FROM', '[TO]'],
  options: { limit: { type: 'string', value: 'N', about: 'How many to show (50 unless given, 200 at most).' } },
  wants: 'workspace',
  async run({ client, args, io, print, remark, number, signal }) {
    const [from = '', to] = args.map(moment);
    const limit = number('limit', 1, 200);
    const answer = await client.knowledge.diffTimes({ from, ...(to !== undefined && { to }), ...(limit && { limit }) }, { signal });
    await print(answer, () =>
      [
        `${answer.counts.added} added, ${answer.counts.changed} changed, ${answer.counts.removed} removed from ${answer.from} to ${answer.to}.\n`,
        table(
          ['CHANGE', 'TYPE', 'NAME', 'WHAT', 'BY', 'ID'],
          answer.rows.map(({ entity, state, properties, tags, actions }) => [
            state,
            entity.type,
            entity.name,
            [
              ...properties.map(({ property }) => property),
              ...tags.added.map((tag) => `+${tag}`),
              ...tags.removed.map((tag) => `-${tag}`),
            ].join(', '),
            actions[0]?.what ?? '',
            entity.id,
          ]),
          io.isScreen ? io.columns : undefined,
        ),
      ].join(''),
    );
    if (answer.shown < answer.total) remark(`Shown ${answer.shown} of ${answer.total}.`);
    return exit.done;
  },
};

/** A date, a time, or an operation of the history. */
export function moment(text: string): string {
  if (/^[0-9a-f-]{36}:\d+$/.test(text)) return text;
  const at = Date.parse(text);
  if (!Number.isFinite(at))
    throw new UsageError(`“${plain(text)}” is no moment: give a time such as 2026-03-01T12:00:00Z, or an action of the history.`);
  return new Date(at).toISOString();
}

export const branchCommands: readonly Command[] = [
  create,
  list,
  show,
  word('propose', 'proposeBranch'),
  word('reopen', 'reopenBranch'),
  review,
  merge,
  discard,
  edit,
  diff,
];
