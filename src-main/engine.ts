import { randomUUID } from 'node:crypto';
import { contract, type RedoubtContract } from '#shared/contract/index.ts';
import type { Channel } from '#shared/transport/channel.ts';
import { type Caller, type Emit, type Handlers, type Served, serve } from '#shared/transport/serve.ts';
import { createAdminHandlers } from './features/admin/index.ts';
import { createCoverageHandlers } from './features/coverage/index.ts';
import { createIntelHandlers } from './features/intel/index.ts';
import { createInvestigationHandlers } from './features/investigation/index.ts';
import { createKnowledgeHandlers } from './features/knowledge/index.ts';
import { keepHeapSmall } from './platform/heap.ts';
import type { Host } from './platform/host.ts';
import { createJobs, type Jobs } from './platform/jobs/jobs.ts';
import { createAsked, type Opening } from './workspace/asked.ts';
import { createWorkspace, type OpenWorkspace } from './workspace.ts';

export interface Engine {
  /** Serves the contract over one channel for one caller. */
  connect(channel: Channel, caller: Caller): Served;
  /** The desktop was asked to open something; told to a page of the desktop window once it asks. */
  ask(opening: Opening): void;
  /** Cancels what runs, closes the workspace and ends all processes. */
  close(): Promise<void>;
}

/** platform + features -> handlers. Knows neither windows nor sockets. */
export function createEngine(host: Host): Engine {
  keepHeapSmall();
  const connections = new Set<Served>();
  const emit: Emit<RedoubtContract> = (name, payload) => {
    for (const connection of connections) connection.emit(name, payload);
  };
  const jobs = createJobs({
    now: host.now,
    newId: () => randomUUID(),
    onProgress: (job) => emit('jobs.progressed', job),
    onFailure: (error) => workspace.noteFailure(error),
    onError: (title, error) => host.log.error(`job “${title}” failed`, error),
  });
  const workspace = createWorkspace(host, jobs, emit);

  const asked = createAsked((path) => workspace.current().knowledge.offerFile(path));

  const handlers: Handlers<RedoubtContract> = {
    admin: { ...createAdminHandlers(workspace, host), takeAsked: (_input, { caller }) => asked.take(caller) },
    jobs: jobHandlers(jobs),
    knowledge: whileOpen(contract.knowledge, () => featuresOf(workspace.current()).knowledge),
    intel: whileOpen(contract.intel, () => featuresOf(workspace.current()).intel),
    coverage: whileOpen(contract.coverage, () => featuresOf(workspace.current()).coverage),
    investigation: whileOpen(contract.investigation, () => featuresOf(workspace.current()).investigation),
  };

  type Features = Omit<Handlers<RedoubtContract>, 'admin' | 'jobs'>;
  const made = new WeakMap<OpenWorkspace, Features>();
  const featuresOf = (open: OpenWorkspace): Features => {
    let features = made.get(open);
    if (!features) {
      const { knowledge } = open;
      features = {
        knowledge: createKnowledgeHandlers(knowledge),
        intel: createIntelHandlers({
          knowledge,
          database: open.database,
          readers: open.readers,
          jobs,
          resourcesDir: host.resourcesDir,
          now: host.now,
          newId: () => randomUUID(),
          onChanged: (state) => emit('intel.matchesChanged', state),
          onError: (error) => host.log.error('matching failed', error),
        }),
        coverage: createCoverageHandlers({ knowledge }),
        investigation: createInvestigationHandlers({
          knowledge,
          now: host.now,
          ledger: () => open.admin.entries(),
          verifyAudit: (signal) => workspace.open().verify(signal),
        }),
      };
      made.set(open, features);
    }
    return features;
  };

  return {
    connect(channel, caller) {
      const served = serve(contract, handlers, channel, {
        caller,
        isOpen: () => workspace.isOpen(),
        onFailure: (error) => workspace.noteFailure(error),
        onError: (name, error) => host.log.error(`${name} failed`, error),
        // What succeeds writes its own operation; what was refused or failed belongs in the chain too.
        onCommand: (name, { door }, outcome) => {
          if (outcome === 'failed' && workspace.isOpen()) workspace.open().audit('commandFailed', { name, door });
        },
      });
      connections.add(served);
      channel.onClose(() => connections.delete(served));
      return served;
    },
    ask(opening) {
      asked.add(opening);
      emit('admin.desktopAsked', {});
    },
    async close() {
      await workspace.close();
      for (const connection of connections) connection.close();
      connections.clear();
    },
  };
}

/** Handlers of a word that exist only while a workspace is open; `serve` has refused the call otherwise. */
function whileOpen<H extends object>(calls: Readonly<Record<string, { kind: string }>>, current: () => H): H {
  const forwarded: Record<string, unknown> = {};
  for (const [name, { kind }] of Object.entries(calls)) {
    if (kind === 'event') continue;
    forwarded[name] = (input: unknown, context: unknown) => {
      const handlers = current() as Record<string, (input: unknown, context: unknown) => unknown>;
      return handlers[name]?.(input, context);
    };
  }
  return forwarded as H;
}

function jobHandlers(jobs: Jobs): Handlers<RedoubtContract>['jobs'] {
  return {
    list: () => jobs.list(),
    get: ({ jobId }) => jobs.get(jobId),
    cancel: ({ jobId }) => jobs.cancel(jobId),
    retry: ({ jobId }) => ({ jobId: jobs.retry(jobId) }),
  };
}
