import { resolve } from 'node:path';
import type { WorkspaceFileReport } from '#shared/contract/admin.ts';
import { contract } from '#shared/contract/index.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { type Command, exit } from './command.ts';
import { runJob } from './job.ts';
import { readFilePassphrase, readPassphrase } from './passphrase.ts';
import { count, plain } from './text.ts';

const fileKey = {
  'file-key': {
    type: 'string',
    value: 'FILE',
    about: 'File whose first line is the workspace file’s passphrase (or REDOUBT_FILE_PASSPHRASE).',
  },
} as const;

const exportFile: Command = {
  words: 'workspace export',
  about: contract.admin.exportWorkspace.about,
  args: ['FILE'],
  options: fileKey,
  wants: 'workspace',
  async run(context) {
    const { client, io, text, args, print, remark } = context;
    const passphrase = await readFilePassphrase(io, text('file-key'), { twice: true });
    if (passphrase === undefined) throw noPassphrase();
    const path = resolve(args[0] ?? '');
    await runJob(context, () => client.admin.exportWorkspace({ passphrase, path }));
    const jobId = await runJob(context, () => client.admin.inspectWorkspaceFile({ source: { path } }));
    const report = await client.admin.getWorkspaceFileReport({ jobId });
    await print({ file: path, ...report }, () => `File         ${path}\nBytes        ${report.size}\nSigned by    ${report.fingerprint}\n`);
    remark('Give the passphrase and the fingerprint to whoever receives the file by another way than the file itself.');
    return exit.done;
  },
};

const verifyFile: Command = {
  words: 'workspace verify',
  about: `${contract.admin.inspectWorkspaceFile.about} Signature and hashes need no passphrase.`,
  args: ['FILE'],
  options: fileKey,
  wants: 'engine',
  async run(context) {
    const { client, io, text, args, print } = context;
    const passphrase =
      text('file-key') !== undefined || io.env.REDOUBT_FILE_PASSPHRASE ? await readFilePassphrase(io, text('file-key')) : undefined;
    const source = { path: resolve(args[0] ?? '') };
    const jobId = await runJob(context, () =>
      client.admin.inspectWorkspaceFile({ source, ...(passphrase !== undefined && { passphrase }) }),
    );
    const report = await client.admin.getWorkspaceFileReport({ jobId });
    await print(report, () => said(report));
    return exit.done;
  },
};

const importFile: Command = {
  words: 'workspace import',
  about:
    'Makes a workspace of a workspace file: in the workspace’s folder where there is none, or in the place of the one there (--replace).',
  args: ['FILE'],
  options: {
    ...fileKey,
    replace: { type: 'boolean', about: 'Take the place of the workspace that is there; a copy of it is kept.' },
  },
  wants: 'engine',
  async run(context) {
    const { client, io, text, args, flag, print, remark, dataDir } = context;
    const { state } = await client.admin.getWorkspace();
    if (state !== 'none' && !flag('replace'))
      throw new ContractError(
        'conflict',
        `There is a workspace in ${dataDir} already; name another folder with --workspace, or add --replace.`,
      );
    const passphrase = await readFilePassphrase(io, text('file-key'));
    if (passphrase === undefined) throw noPassphrase();
    if (state === 'locked') await client.admin.unlock({ passphrase: await readPassphrase(io, text('key-file')) });
    const newPassphrase = state === 'none' ? await readPassphrase(io, text('key-file'), { twice: true }) : undefined;
    const source = { path: resolve(args[0] ?? '') };
    const jobId = await runJob(context, () =>
      client.admin.importWorkspace({ source, passphrase, ...(newPassphrase !== undefined && { newPassphrase }) }),
    );
    const made = await client.admin.getImportedWorkspace({ jobId });
    await print(
      made,
      () =>
        `Workspace   ${made.workspace}\n${made.recoveryCode ? `Recovery    ${made.recoveryCode}\n` : ''}${made.kept ? `Kept        what stood before, as the copy ${made.kept}\n` : ''}`,
    );
    if (made.recoveryCode)
      remark(
        'Write the recovery code down and keep it elsewhere: it opens the workspace when the passphrase is lost, and is not shown again.',
      );
    return exit.done;
  },
};

function said({ createdAt, size, fingerprint, own, content }: WorkspaceFileReport): string {
  return [
    'Signature and hashes are right.',
    `Made         ${createdAt}`,
    `Bytes        ${size}`,
    `Signed by    ${fingerprint}${own === undefined ? '' : own ? ' (this workspace)' : ' (another device: compare it with the sender)'}`,
    ...(content
      ? [
          `Holds        ${count(content.objects, 'object')}, ${count(content.relationships, 'relationship')}, ${count(content.operations, 'operation')}`,
          ...content.newest.map(({ at, what }) => `  ${at.slice(0, 19)}  ${plain(what)}`),
        ]
      : []),
    '',
  ].join('\n');
}

const noPassphrase = () =>
  new ContractError(
    'locked',
    'The workspace file needs a passphrase of its own: put it into REDOUBT_FILE_PASSPHRASE, or name a file that holds it with --file-key.',
  );

export const workspaceFileCommands: readonly Command[] = [exportFile, verifyFile, importFile];
