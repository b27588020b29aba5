import { contract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { ContractError } from '#shared/transport/errors.ts';
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

/** Talks to the engine that has the workspace open, or else opens it in this process. */
export async function openSession(terms: SessionTerms): Promise<Session> {
  const { attach } = await import('#main/platform/loopback/attach.ts');
  const channel = await attach(terms.dataDir);
  if (channel) {
    const client = createClient(contract, channel);
    return { client, attached: true, close: async () => channel.close() };
  }
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
    if (terms.wants === 'workspace') await unlock(session.client, terms);
  } catch (error) {
    await session.close();
    throw error;
  }
  return session;
}

async function unlock(client: RedoubtClient, { io, dataDir, keyFile }: SessionTerms): Promise<void> {
  const { state } = await client.admin.getWorkspace();
  if (state === 'open') return;
  if (state === 'none')
    throw new ContractError(
      'not_found',
      `There is no workspace in ${dataDir}; make one with “redoubt init”, or name another folder with --workspace.`,
    );
  const recoveryCode = io.env.REDOUBT_RECOVERY_CODE;
  await client.admin.unlock(recoveryCode ? { recoveryCode } : { passphrase: await readPassphrase(io, keyFile) });
}
