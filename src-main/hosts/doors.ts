import type { Permission } from '#shared/contract/define.ts';
import { contract } from '#shared/contract/index.ts';
import type { Channel } from '#shared/transport/channel.ts';
import { createClient } from '#shared/transport/client.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import type { Caller, Served } from '#shared/transport/serve.ts';
import type { Host } from '#main/platform/host.ts';
import { type Attachable, listenForAttachments } from '#main/platform/loopback/attach.ts';

/** The part of the engine that a door needs. */
export interface Doorway {
  connect(channel: Channel, caller: Caller): Served;
}

const may = (...permissions: Permission[]): ReadonlySet<Permission> => new Set(permissions);

/** What each door may do: a page gets no paths of this machine. */
export const callers = {
  desktop: { door: 'desktop', permissions: may('read', 'write', 'admin') },
  browser: { door: 'browser', permissions: may('read', 'write', 'admin') },
  cli: { door: 'cli', permissions: may('read', 'write', 'files', 'admin') },
  watcher: { door: 'engine', permissions: may('read') },
} satisfies Record<string, Caller>;

/**
 * Lets command lines attach to this engine for as long as its workspace is open: a locked
 * workspace needs its passphrase, and then a command line may as well open it itself.
 */
export function listenForAttach(engine: Doorway, host: Pick<Host, 'dataDir' | 'randomBytes' | 'log'>): Attachable {
  const [near, far] = memoryChannel();
  const served = engine.connect(far, callers.watcher);
  const client = createClient(contract, near);
  let listening: Attachable | undefined;
  let closed = false;
  let last: Promise<void> = Promise.resolve();

  const follow = (isOpen: boolean) => {
    last = last.then(async () => {
      try {
        if (isOpen && !closed) {
          listening ??= await listenForAttachments({
            dataDir: host.dataDir,
            randomBytes: host.randomBytes,
            onChannel: (channel) => void engine.connect(channel, callers.cli),
          });
        } else {
          const ended = listening;
          listening = undefined;
          await ended?.close();
        }
      } catch (error) {
        host.log.error('command lines cannot attach', error);
      }
    });
  };
  client.admin.onWorkspaceChanged(({ state }) => follow(state === 'open'));
  client.admin.getWorkspace().then(
    ({ state }) => follow(state === 'open'),
    (error: unknown) => host.log.error('the workspace’s state is unknown', error),
  );
  return {
    async close() {
      closed = true;
      follow(false);
      await last;
      served.close();
    },
  };
}
