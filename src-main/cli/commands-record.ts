import { contract } from '#shared/contract/index.ts';
import type { LedgerEntry } from '#shared/contract/admin.ts';
import { type Command, type Context, exit } from './command.ts';
import { branchOption, moment } from './commands-branch.ts';
import { count, plain, table } from './text.ts';

const ledger: Command = {
  words: 'ledger',
  about: contract.admin.getLedger.about,
  args: [],
  options: { refused: { type: 'boolean', about: 'With --json: list what was refused as well.' } },
  wants: 'workspace',
  async run({ client, io, print, flag, signal }) {
    const { requests, refused, network, since } = await client.admin.getLedger(undefined, { signal });
    const rows = (entries: readonly LedgerEntry[]) =>
      table(
        ['AT', 'OUTCOME', 'METHOD', 'HOST', 'PATH', 'PURPOSE', 'OUT', 'IN', 'WHY'],
        entries.map((entry) => [
          entry.at,
          entry.outcome,
          entry.method,
          `${entry.host}:${entry.port}`,
          entry.path,
          entry.purpose,
          entry.bytesOut,
          entry.bytesIn,
          entry.reason,
        ]),
        io.isScreen ? io.columns : undefined,
      );
    await print(flag('refused') ? { requests, refused } : { requests }, () =>
      [
        `Network: ${network}, ${count(requests.length, 'request')} since ${since}; ${refused.length.toLocaleString('en')} refused.\n`,
        requests.length > 0 ? rows(requests) : '',
        refused.length > 0 ? `Refused:\n${rows(refused)}` : '',
      ].join(''),
    );
    return exit.done;
  },
};

const history: Command = {
  words: 'history',
  about: contract.knowledge.listHistory.about,
  args: ['[ID]'],
  options: {
    limit: { type: 'string', value: 'N', about: 'How many to show (100 unless given, 500 at most).' },
    at: {
      type: 'string',
      value: 'MOMENT',
      about: 'With an ID: the entity as it was then; else the entities as they were (a time, or an action).',
    },
    branch: { type: 'string', value: 'BRANCH', about: 'What was done on this branch.' },
  },
  wants: 'workspace',
  async run(context) {
    const { client, args, io, print, remark, number, signal, text } = context;
    const at = text('at');
    if (at !== undefined) return historyAt(context, moment(at));
    const limit = number('limit', 1, 500);
    const id = args[0] === undefined ? undefined : (await client.knowledge.getEntity({ id: args[0] }, { signal })).id;
    const answer = await client.knowledge.listHistory(
      { ...(id ? { id } : {}), ...(limit ? { limit } : {}), ...(await branchOption(context)) },
      { signal },
    );
    await print(answer, () =>
      table(
        ['AT', 'ACTION', 'WHAT', 'OBJECTS', 'STATE'],
        answer.rows.map((row) => [row.at, row.action, row.what, row.objects, row.undone ? 'undone' : row.undoable ? '' : 'stands']),
        io.isScreen ? io.columns : undefined,
      ),
    );
    if (answer.shown < answer.total)
      remark(`Shown ${answer.shown.toLocaleString('en')} of ${answer.total.toLocaleString('en')}, newest first.`);
    return exit.done;
  },
};

/** What was there at a moment. */
async function historyAt({ client, args, io, print, remark, number, signal }: Context, at: string): Promise<number> {
  if (args[0] !== undefined) {
    const entity = await client.knowledge.getEntityAt({ id: args[0], at }, { signal });
    await print(entity, () => `${JSON.stringify(entity.object, null, 2)}\n`);
    return exit.done;
  }
  const limit = number('limit', 1, 500);
  const answer = await client.knowledge.listEntitiesAt({ at, ...(limit ? { limit } : {}) }, { signal });
  await print(answer, () =>
    table(
      ['TYPE', 'NAME', 'ID'],
      answer.rows.map(({ type, name, id }) => [type, name, id]),
      io.isScreen ? io.columns : undefined,
    ),
  );
  if (answer.shown < answer.total)
    remark(`Shown ${answer.shown.toLocaleString('en')} of ${answer.total.toLocaleString('en')} at ${answer.at}.`);
  return exit.done;
}

const takeBack = (words: 'undo' | 'redo'): Command => ({
  words,
  about: contract.knowledge[words].about,
  args: ['[ACTION]'],
  options: {},
  wants: 'workspace',
  async run({ client, args, print }) {
    const entry = await client.knowledge[words](args[0] === undefined ? {} : { action: args[0] });
    await print(entry, () => `${words === 'undo' ? 'Taken back' : 'Done again'}: ${plain(entry.what)}\n`);
    return exit.done;
  },
});

const tagging = (words: 'tag' | 'untag'): Command => ({
  words,
  about: words === 'tag' ? contract.knowledge.addTag.about : contract.knowledge.removeTag.about,
  args: ['ID', 'TAG'],
  options: { branch: { type: 'string', value: 'BRANCH', about: 'On this branch, by name or id; on main unless given.' } },
  wants: 'workspace',
  async run(context) {
    const { client, args, print } = context;
    const [named = '', tag = ''] = args;
    const on = await branchOption(context);
    const { id } = await client.knowledge.getEntity({ id: named, ...on });
    const entity = await (words === 'tag' ? client.knowledge.addTag({ id, tag, ...on }) : client.knowledge.removeTag({ id, tag, ...on }));
    await print({ id, tags: entity.tags }, () => `${plain(entity.name)}: ${entity.tags.map(plain).join(', ') || 'no tags'}\n`);
    return exit.done;
  },
});

export const recordCommands: readonly Command[] = [ledger, history, takeBack('undo'), takeBack('redo'), tagging('tag'), tagging('untag')];
