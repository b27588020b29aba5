import { contract } from '#shared/contract/index.ts';
import type { LedgerEntry } from '#shared/contract/admin.ts';
import { type Command, exit } from './command.ts';
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

const auditVerify: Command = {
  words: 'audit verify',
  about: contract.admin.verifyAudit.about,
  args: [],
  options: {},
  wants: 'workspace',
  async run({ client, print, signal }) {
    const answer = await client.admin.verifyAudit(undefined, { signal });
    await print(answer, () =>
      [
        `${answer.valid ? 'Valid' : 'NOT VALID'}: ${count(answer.operations, 'operation')}, ${count(answer.ledgerEntries, 'ledger entry', 'ledger entries')}.\n`,
        `Head  ${answer.head}\n`,
        ...answer.problems.map((problem) => `  ${plain(problem)}\n`),
      ].join(''),
    );
    return answer.valid ? exit.done : exit.failed;
  },
};

const history: Command = {
  words: 'history',
  about: contract.knowledge.listHistory.about,
  args: ['[ID]'],
  options: { limit: { type: 'string', value: 'N', about: 'How many to show (100 unless given, 500 at most).' } },
  wants: 'workspace',
  async run({ client, args, io, print, remark, number, signal }) {
    const limit = number('limit', 1, 500);
    const id = args[0] === undefined ? undefined : (await client.knowledge.getEntity({ id: args[0] }, { signal })).id;
    const answer = await client.knowledge.listHistory({ ...(id ? { id } : {}), ...(limit ? { limit } : {}) }, { signal });
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
  options: {},
  wants: 'workspace',
  async run({ client, args, print }) {
    const [named = '', tag = ''] = args;
    const { id } = await client.knowledge.getEntity({ id: named });
    const entity = await (words === 'tag' ? client.knowledge.addTag({ id, tag }) : client.knowledge.removeTag({ id, tag }));
    await print({ id, tags: entity.tags }, () => `${plain(entity.name)}: ${entity.tags.map(plain).join(', ') || 'no tags'}\n`);
    return exit.done;
  },
});

export const recordCommands: readonly Command[] = [
  ledger,
  auditVerify,
  history,
  takeBack('undo'),
  takeBack('redo'),
  tagging('tag'),
  tagging('untag'),
];
