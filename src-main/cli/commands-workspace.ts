import { contract } from '#shared/contract/index.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { type Command, exit } from './command.ts';
import { runJob } from './job.ts';
import { readPassphrase } from './passphrase.ts';
import { count, table } from './text.ts';

const init: Command = {
  words: 'init',
  about: contract.admin.createWorkspace.about,
  args: [],
  options: {},
  wants: 'engine',
  async run({ client, io, text, dataDir, print, remark }) {
    const { state } = await client.admin.getWorkspace();
    if (state !== 'none')
      throw new ContractError('conflict', `There is a workspace in ${dataDir} already; choose another folder with --workspace.`);
    const passphrase = await readPassphrase(io, text('key-file'), { twice: true });
    const { recoveryCode } = await client.admin.createWorkspace({ passphrase });
    await print({ workspace: dataDir, recoveryCode }, () => `Workspace   ${dataDir}\nRecovery    ${recoveryCode}\n`);
    remark(
      'Write the recovery code down and keep it elsewhere: it opens the workspace when the passphrase is lost, and is not shown again.',
    );
    return exit.done;
  },
};

const packList: Command = {
  words: 'pack list',
  about: contract.intel.listPacks.about,
  args: [],
  options: {},
  wants: 'workspace',
  async run({ client, io, print }) {
    const packs = await client.intel.listPacks();
    await print(packs, () =>
      table(
        ['NAME', 'VERSION', 'OBJECTS', 'RELATIONSHIPS', 'INSTALLED', 'TITLE'],
        packs.map((pack) => [
          pack.name,
          pack.version,
          pack.objects,
          pack.relationships,
          pack.installed ? (pack.installedVersion ?? 'yes') : 'no',
          pack.title,
        ]),
        io.isScreen ? io.columns : undefined,
      ),
    );
    return exit.done;
  },
};

const packInstall: Command = {
  words: 'pack install',
  about: contract.intel.installPacks.about,
  args: ['[NAME…]'],
  options: {},
  wants: 'workspace',
  async run(context) {
    const { client, args, print } = context;
    await runJob(context, () => client.intel.installPacks(args.length > 0 ? { names: [...args] } : {}));
    const packs = (await client.intel.listPacks()).filter((pack) => (args.length > 0 ? args.includes(pack.name) : pack.installed));
    await print(packs, () =>
      packs
        .map(
          (pack) =>
            `Installed ${pack.title} ${pack.version}: ${count(pack.objects, 'object')}, ${count(pack.relationships, 'relationship')}.\n`,
        )
        .join(''),
    );
    return exit.done;
  },
};

const demo: Command = {
  words: 'demo',
  about: contract.intel.openDemo.about,
  args: [],
  options: {},
  wants: 'workspace',
  async run(context) {
    const { client, print } = context;
    await runJob(context, () => client.intel.openDemo());
    const { objects } = await client.knowledge.getStats();
    const total = Object.values(objects).reduce((sum, number) => sum + number, 0);
    await print(
      { demo: 'done', objects: total },
      () => `The demo hospital is in the workspace, which now holds ${count(total, 'object')}.\n`,
    );
    return exit.done;
  },
};

const serve: Command = {
  words: 'serve',
  about: 'Serves the app to a browser on this machine (127.0.0.1 only) until it is interrupted.',
  args: [],
  options: { port: { type: 'string', value: 'PORT', about: 'Port to listen on; any free one unless given.' } },
  wants: 'nothing',
  async run({ dataDir, number, print, signal, remark }) {
    const port = number('port', 1, 65_535);
    const { serveWorkspace } = await import('#main/hosts/serve-workspace.ts');
    const server = await serveWorkspace({ dataDir, port: port ?? 0 });
    await print({ address: server.address, workspace: dataDir }, () => `Redoubt runs at ${server.address}\n`);
    remark('The address holds the key of this run: open it in a browser on this machine, and do not pass it on. Ctrl-C ends Redoubt.');
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await server.close();
    return exit.done;
  },
};

export const workspaceCommands: readonly Command[] = [init, packList, packInstall, demo, serve];
