import { accessSync, constants, mkdirSync } from 'node:fs';
import { createEngine } from '#main/engine.ts';
import { startLoopback } from '#main/platform/loopback/loopback.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { callers, listenForAttach } from './doors.ts';
import { faceDir } from './folders.ts';
import { workspaceLog } from './logs.ts';
import { createNodeHost } from './node-host.ts';

export interface ServeTerms {
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface ServedWorkspace {
  /** For a person: holds the token of this run. */
  readonly address: string;
  /** For a program that opens a browser: works once. */
  readonly launchAddress: string;
  close(): Promise<void>;
}

/** The engine behind a loopback server, for a browser; command lines may attach to it. */
export async function serveWorkspace({ dataDir, port }: ServeTerms): Promise<ServedWorkspace> {
  makeFolder(dataDir);
  const log = workspaceLog(dataDir);
  const host = createNodeHost({ dataDir, log });
  const engine = createEngine(host);
  try {
    const loopback = await startLoopback({
      filesDir: faceDir,
      port,
      randomBytes: host.randomBytes,
      now: host.now,
      log,
      onChannel: (channel) => void engine.connect(channel, callers.browser),
    });
    const attachable = listenForAttach(engine, host);
    return {
      address: loopback.address,
      launchAddress: loopback.launchAddress(),
      async close() {
        await loopback.close();
        await attachable.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  } catch (cause) {
    throw new ContractError(
      'forbidden',
      `There is no write access to ${dataDir}; choose another folder for the workspace with --workspace.`,
      { cause },
    );
  }
}
