import { resolve } from 'node:path';
import type { Backup, RestorePreview } from '#shared/contract/admin.ts';
import { contract } from '#shared/contract/index.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { type Command, type Context, exit } from './command.ts';
import { runJob } from './job.ts';
import { readPassphrase } from './passphrase.ts';
import { count, plain, table } from './text.ts';

const rows = (backups: readonly Backup[], context: Context) =>
  table(
    ['COPY', 'MADE', 'WHY', 'STATE', 'OBJECTS', 'RELATIONSHIPS', 'OPERATIONS', 'BYTES'],
    backups.map((one) => [
      one.backupId,
      one.takenAt.slice(0, 19),
      one.reason,
      one.foreign ? 'other key' : one.state,
      one.objects,
      one.relationships,
      one.operations,
      one.size,
    ]),
    context.io.isScreen ? context.io.columns : undefined,
  );

/** Opens the workspace, but goes on where it is damaged: that is when a copy is wanted. */
async function openAnyhow({ client, io, text, remark }: Context): Promise<void> {
  const { state } = await client.admin.getWorkspace();
  if (state === 'open') return;
  if (state === 'none') throw new ContractError('not_found', 'There is no workspace in this folder; make one with “redoubt init”.');
  const recoveryCode = io.env.REDOUBT_RECOVERY_CODE;
  try {
    await client.admin.unlock(recoveryCode ? { recoveryCode } : { passphrase: await readPassphrase(io, text('key-file')) });
  } catch (error) {
    if (!isContractError(error) || error.code !== 'damaged') throw error;
    remark(error.message);
  }
}

/** The copy that is named, or the newest verified one. */
async function chosen({ client, args }: Context): Promise<string> {
  if (args[0] !== undefined) return args[0];
  const { backups } = await client.admin.listBackups();
  const newest = backups.find(({ state, foreign }) => state === 'verified' && !foreign);
  if (!newest) throw new ContractError('not_found', 'There is no verified copy yet; make one with “redoubt backup create”.');
  return newest.backupId;
}

const create: Command = {
  words: 'backup create',
  about: contract.admin.createBackup.about,
  args: [],
  options: {},
  wants: 'workspace',
  async run(context) {
    const { client, print } = context;
    await runJob(context, () => client.admin.createBackup());
    const [newest] = (await client.admin.listBackups()).backups;
    await print(newest, () => (newest ? rows([newest], context) : ''));
    return exit.done;
  },
};

const list: Command = {
  words: 'backup list',
  about: contract.admin.listBackups.about,
  args: [],
  options: {},
  wants: 'engine',
  async run(context) {
    const found = await context.client.admin.listBackups();
    if (found.problem !== undefined) context.remark(found.problem);
    await context.print(found, () => `${rows(found.backups, context)}\nFolder  ${plain(found.folder)}\n`);
    return exit.done;
  },
};

const verify: Command = {
  words: 'backup verify',
  about: contract.admin.verifyBackup.about,
  args: ['[COPY]'],
  options: {},
  wants: 'engine',
  async run(context) {
    await openAnyhow(context);
    const backupId = await chosen(context);
    await runJob(context, () => context.client.admin.verifyBackup({ backupId }));
    const backup = (await context.client.admin.listBackups()).backups.find((one) => one.backupId === backupId);
    await context.print(backup, () => (backup ? rows([backup], context) : ''));
    return exit.done;
  },
};

const restore: Command = {
  words: 'backup restore',
  about: `${contract.admin.restoreBackup.about} Shows first what would be lost; --yes does it.`,
  args: ['[COPY]'],
  options: { yes: { type: 'boolean', about: 'Restore, after the preview.' } },
  wants: 'engine',
  async run(context) {
    const { client, flag, print, remark } = context;
    await openAnyhow(context);
    const backupId = await chosen(context);
    const jobId = await runJob(context, () => client.admin.previewRestore({ backupId }));
    const preview = await client.admin.getRestorePreview({ jobId });
    if (!flag('yes')) {
      await print({ restored: false, preview }, () => said(preview));
      remark('Nothing was changed. Add --yes to restore this copy; what stands now is kept as a copy first.');
      return exit.done;
    }
    await runJob(context, () => client.admin.restoreBackup({ backupId }));
    await print(
      { restored: true, preview },
      () => `${said(preview)}\nRestored. What stood before is kept; “redoubt backup list” shows it.\n`,
    );
    return exit.done;
  },
};

function said({ backup, now, lost, missing, newest }: RestorePreview): string {
  const lines = [
    `Copy     ${backup.backupId}, made ${backup.takenAt}, ${backup.state}`,
    `Holds    ${count(backup.objects, 'object')}, ${count(backup.relationships, 'relationship')}, ${count(backup.operations, 'operation')}`,
    ...(now
      ? [`Now      ${count(now.objects, 'object')}, ${count(now.relationships, 'relationship')}, ${count(now.operations, 'operation')}`]
      : []),
    ...(lost
      ? [
          `Lost     ${count(lost.operations, 'operation')} that came after it${lost.byKind.map((each) => `, ${each.kind} ${each.operations}`).join('')}`,
        ]
      : []),
    ...(missing !== undefined ? [`Missing  ${count(missing, 'saved operation')} that came after it`] : []),
  ];
  const changes = (title: string, all: RestorePreview['newest']) =>
    all.length > 0 ? ['', title, ...all.map(({ at, what }) => `  ${at.slice(0, 19)}  ${plain(what)}`)] : [];
  return `${[...lines, ...changes('Newest that would be lost:', lost?.newest ?? []), ...changes('Newest in the copy:', newest)].join('\n')}\n`;
}

const settings: Command = {
  words: 'backup settings',
  about: 'Shows when copies are made, how many are kept and where, and sets what is given.',
  args: [],
  options: {
    automatic: { type: 'string', value: 'yes|no', about: 'Whether copies are made without being asked for.' },
    'every-hours': { type: 'string', value: 'HOURS', about: 'Hours between automatic copies.' },
    'every-operations': { type: 'string', value: 'N', about: 'Operations after which a copy is made early.' },
    'keep-daily': { type: 'string', value: 'N', about: 'Days of which the newest copy is kept.' },
    'keep-weekly': { type: 'string', value: 'N', about: 'Weeks of which the newest copy is kept.' },
    'keep-newest': { type: 'string', value: 'N', about: 'Newest copies that are kept whatever their day.' },
    folder: { type: 'string', value: 'FOLDER', about: 'Where copies are kept; “usual” for the workspace’s own folder.' },
  },
  wants: 'workspace',
  async run({ client, text, number, print }) {
    const { settings: before } = await client.admin.listBackups();
    const { folder: where, ...rest } = before;
    const wantedFolder = text('folder') ?? where;
    const automatic = text('automatic');
    if (automatic !== undefined && automatic !== 'yes' && automatic !== 'no')
      throw new ContractError('invalid_input', '--automatic takes yes or no.');
    const next = {
      ...rest,
      automatic: automatic === undefined ? rest.automatic : automatic === 'yes',
      everyHours: number('every-hours', 1, 720) ?? rest.everyHours,
      everyOperations: number('every-operations', 10, 1_000_000) ?? rest.everyOperations,
      keepDaily: number('keep-daily', 1, 366) ?? rest.keepDaily,
      keepWeekly: number('keep-weekly', 0, 520) ?? rest.keepWeekly,
      keepNewest: number('keep-newest', 1, 100) ?? rest.keepNewest,
      ...(wantedFolder !== undefined && wantedFolder !== 'usual' && { folder: resolve(wantedFolder) }),
    };
    const changed = JSON.stringify(next) !== JSON.stringify(before) ? await client.admin.setBackupSettings(next) : undefined;
    const shown = changed ?? (await client.admin.listBackups());
    await print({ folder: shown.folder, settings: shown.settings }, () =>
      table(
        ['SETTING', 'VALUE'],
        [
          ['folder', shown.folder],
          ...Object.entries(shown.settings)
            .filter(([name]) => name !== 'folder')
            .map(([name, value]) => [name, String(value)]),
        ],
      ),
    );
    return exit.done;
  },
};

export const backupCommands: readonly Command[] = [create, list, verify, restore, settings];
