import { contract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import type { RedoubtClient } from './command.ts';
import { readPassphrase } from './passphrase.ts';
import type { Terminal } from './terminal.ts';

export interface Session {
  readonly client: RedoubtClient;
  /** Whether an engine that was already running answers. */
  readonly attached: boolean;
  close(): Promise<void>;
}

export interface SessionTerms {
  readonly io: Terminal;
  readonly dataDir: string;
  readonly keyFile: string | undefined;
  readonly verbose: boolean;
  readonly wants: 'workspace' | 'engine';
}

/** How long to wait for another command line that has the workspace open. */
const waitTime = 15_000;
const askEvery = 250;

/** Talks to the engine that has the workspace open, or else opens it in this process. */
export async function openSession(terms: SessionTerms): Promise<Session> {
  const passphrase = rememberPassphrase(terms);
  for (const start = performance.now(); ; ) {
    try {
      return (await openAttached(terms)) ?? (await openHere(terms, passphrase));
    } catch (error) {
      // A command line holds it for a moment, and lets nobody attach; an app does.
      if (!isContractError(error) || error.code !== 'in_use' || performance.now() - start > waitTime) throw error;
      terms.io.progress('Waiting for another Redoubt that has this workspace open …');
      await new Promise((resolve) => setTimeout(resolve, askEvery));
    }
  }
}

async function openAttached({ dataDir }: SessionTerms): Promise<Session | undefined> {
  const { attach } = await import('#main/platform/loopback/attach.ts');
  const channel = await attach(dataDir);
  return channel && { client: createClient(contract, channel), attached: true, close: async () => channel.close() };
}

async function openHere(terms: SessionTerms, passphrase: () => Promise<string>): Promise<Session> {
  // Before the engine's code is loaded: what the heap grows by then it keeps.
  await import('#main/platform/heap-on.ts');
  const [{ createEngine }, { createNodeHost }, { callers }, { commandLog }] = await Promise.all([
    import('#main/engine.ts'),
    import('#main/hosts/node-host.ts'),
    import('#main/hosts/doors.ts'),
    import('#main/hosts/logs.ts'),
  ]);
  const log = commandLog(terms.dataDir, terms.verbose ? 'info' : 'error', (line) => terms.io.err(`${line}\n`));
  const engine = createEngine(createNodeHost({ dataDir: terms.dataDir, log }));
  const [near, far] = memoryChannel();
  engine.connect(far, callers.cli);
  const session: Session = { client: createClient(contract, near), attached: false, close: () => engine.close() };
  try {
    if (terms.wants === 'workspace') await unlock(session.client, terms, passphrase);
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

/** Asks once, however often the workspace is tried. */
function rememberPassphrase({ io, keyFile }: SessionTerms): () => Promise<string> {
  let asked: Promise<string> | undefined;
  return () => (asked ??= readPassphrase(io, keyFile));
}

async function unlock(client: RedoubtClient, { io, dataDir }: SessionTerms, passphrase: () => Promise<string>): Promise<void> {
  const { state } = await client.admin.getWorkspace();
  if (state === 'open') return;
  if (state === 'none')
    throw new ContractError(
      'not_found',
      `There is no workspace in ${dataDir}; make one with “redoubt init”, or name another folder with --workspace.`,
    );
  const recoveryCode = io.env.REDOUBT_RECOVERY_CODE;
  try {
    const { notice } = await client.admin.unlock(recoveryCode ? { recoveryCode } : { passphrase: await passphrase() });
    if (notice !== undefined) io.err(`${notice}\n`);
  } catch (error) {
    if (!isContractError(error) || error.code !== 'damaged') throw error;
    const { damage } = await client.admin.getWorkspace();
    if (!damage?.backup) throw error;
    throw new ContractError(
      'damaged',
      `${error.message} The newest verified copy is of ${damage.backup.takenAt}. ${damage.lacks} “redoubt backup restore” puts it in place; what is damaged is set aside.`,
    );
  }
}
