import { parseArgs } from 'node:util';
import { appVersion, workspaceDir } from '#main/hosts/folders.ts';
import { isContractError } from '#shared/transport/errors.ts';
import { type Command, type Context, exit, type Option, type RedoubtClient, UsageError } from './command.ts';
import { backupCommands } from './commands-backup.ts';
import { branchCommands } from './commands-branch.ts';
import { exploreCommands } from './commands-explore.ts';
import { intelCommands } from './commands-intel.ts';
import { auditCommands } from './commands-audit.ts';
import { recordCommands } from './commands-record.ts';
import { transferCommands } from './commands-transfer.ts';
import { updateCommands } from './commands-update.ts';
import { workspaceCommands } from './commands-workspace.ts';
import { workspaceFileCommands } from './commands-workspace-file.ts';
import { globalOptions, helpOf, helpOfAll, usage } from './help.ts';
import { openSession, type Session } from './session.ts';
import type { Terminal } from './terminal.ts';
import { plain } from './text.ts';

export const commands: readonly Command[] = [
  ...workspaceCommands,
  ...transferCommands,
  ...exploreCommands,
  ...intelCommands,
  ...recordCommands,
  ...auditCommands,
  ...branchCommands,
  ...updateCommands,
  ...backupCommands,
  ...workspaceFileCommands,
];

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

interface Asked {
  readonly command: Command | undefined;
  readonly args: readonly string[];
  readonly values: Values;
}

/** Runs one command line and answers with the exit code; never throws for what a user may do wrong. */
export async function runCli(argv: readonly string[], io: Terminal, open: typeof openSession = openSession): Promise<number> {
  const json = argv.includes('--json');
  const fail = async (code: number, name: string, message: string) => {
    io.err(`${message}\n`);
    if (json) await io.out(`${JSON.stringify({ error: { code: name, message } }, null, 2)}\n`);
    return code;
  };
  const abort = new AbortController();
  let interrupts = 0;
  const stopListening = io.onInterrupt(() => {
    if (++interrupts > 1) return io.abandon(exit.interrupted);
    abort.abort();
  });
  let session: Session | undefined;
  try {
    const { command, args, values } = parse(argv);
    if (values.version) {
      await io.out(`${appVersion()}\n`);
      return exit.done;
    }
    if (!command || values.help) {
      await io.out(command ? helpOf(command) : helpOfAll(commands));
      return values.help ? exit.done : exit.usage;
    }
    checkArguments(command, args);
    const dataDir = workspaceDir(typeof values.workspace === 'string' ? values.workspace : undefined, io.env);
    const terms = { values, args, io, json, dataDir, signal: abort.signal };
    if (command.wants === 'nothing' || command.wantsNothing?.(args)) return (await command.run(makeContext(terms, noClient))) ?? exit.done;
    const keyFile = typeof values['key-file'] === 'string' ? values['key-file'] : undefined;
    session = await open({ io, dataDir, keyFile, verbose: values.verbose === true, wants: command.wants });
    return (await command.run(makeContext(terms, session.client))) ?? exit.done;
  } catch (error) {
    if (abort.signal.aborted) return await fail(exit.interrupted, 'cancelled', isContractError(error) ? error.message : 'Interrupted.');
    if (error instanceof UsageError) return await fail(exit.usage, 'usage', error.message);
    if (isContractError(error)) return await fail(exit.failed, error.code, plain(error.message));
    return await fail(exit.failed, 'internal', `Something went wrong: ${plain(error instanceof Error ? error.message : String(error))}`);
  } finally {
    await session?.close();
    stopListening();
  }
}

function parse(argv: readonly string[]): Asked {
  const all: Record<string, Option> = { ...globalOptions };
  for (const command of commands) Object.assign(all, command.options);
  const options = Object.fromEntries(
    Object.entries(all).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
    ]),
  );
  let parsed: { values: Values; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)} (redoubt --help lists all options)`);
  }
  const { values, positionals } = parsed;
  const command = findCommand(positionals);
  if (!command) {
    if (positionals.length === 0) return { command, args: [], values };
    const asked = plain(positionals.slice(0, 2).join(' '));
    throw new UsageError(`There is no command “${asked}”; there are: ${commands.map(({ words }) => words).join(', ')}.`);
  }
  const foreign = Object.keys(values).find((name) => !Object.hasOwn(globalOptions, name) && !Object.hasOwn(command.options, name));
  if (foreign !== undefined)
    throw new UsageError(`${command.words} has no option --${foreign}; “redoubt ${command.words} --help” lists its options.`);
  return { command, args: positionals.slice(command.words.split(' ').length), values };
}

function findCommand(positionals: readonly string[]): Command | undefined {
  return commands.find(({ words }) => words.split(' ').every((word, position) => positionals[position] === word));
}

function checkArguments(command: Command, args: readonly string[]): void {
  const least = command.args.filter((name) => !name.startsWith('[')).length;
  const most = command.args.some((name) => name.includes('…')) ? Number.POSITIVE_INFINITY : command.args.length;
  if (args.length < least || args.length > most)
    throw new UsageError(`Usage: ${usage(command)} (“redoubt ${command.words} --help” says more)`);
}

/** For commands that asked for no engine. */
const noClient = {} as RedoubtClient;

function makeContext(
  given: Pick<Context, 'args' | 'io' | 'json' | 'dataDir' | 'signal'> & { values: Values },
  client: RedoubtClient,
): Context {
  const { values, io, json } = given;
  const text = (option: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    ...given,
    client,
    text,
    texts(option) {
      const value = values[option];
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
    },
    flag: (option) => values[option] === true,
    number(option, least, most) {
      const value = text(option);
      if (value === undefined) return undefined;
      const number = Number(value);
      if (!/^\d+$/.test(value) || number < least || number > most)
        throw new UsageError(`--${option} takes a whole number from ${least} to ${most}, not “${plain(value)}”.`);
      return number;
    },
    print: (document, people) => io.out(json ? `${JSON.stringify(document, null, 2)}\n` : people()),
    remark(remark) {
      io.err(`${remark}\n`);
    },
  };
}
