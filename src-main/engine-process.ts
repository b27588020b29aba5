import './platform/http/guard-on.ts';
import { createEngine } from './engine.ts';
import { callers, listenForAttach } from './hosts/doors.ts';
import { type ParentPort, parentProcesses, parentSecrets, parentPortChannel } from './hosts/parent-port.ts';
import { followForDesktop } from './hosts/follow-for-desktop.ts';
import { workspaceLog } from './hosts/logs.ts';
import { createNodeHost } from './hosts/node-host.ts';

// Electron's utility process: the first message says where the workspace is, later ones bring a page's port each.
const { parentPort } = process as unknown as { parentPort: ParentPort };

let ready: { engine: ReturnType<typeof createEngine>; lock(): void; close(): Promise<void> } | undefined;
const secrets = parentSecrets(parentPort);
const spawnProcess = parentProcesses(parentPort);

parentPort.on('message', ({ data, ports }) => {
  if (data.kind === 'start') {
    const log = workspaceLog(data.dataDir);
    const host = createNodeHost({
      dataDir: data.dataDir,
      resourcesDir: data.resourcesDir,
      log,
      ...(data.hasKeychain ? { secrets } : {}),
      notify: (title, body) => parentPort.postMessage({ kind: 'notify', title, body }),
      spawnProcess,
    });
    const engine = createEngine(host);
    const attachable = listenForAttach(engine, host);
    const { lock } = followForDesktop(engine, (message) => parentPort.postMessage(message), log);
    ready = {
      engine,
      lock,
      async close() {
        await attachable.close();
        await engine.close();
      },
    };
  } else if (data.kind === 'page') {
    const [port] = ports;
    if (port && ready) ready.engine.connect(parentPortChannel(port), callers.desktop);
  } else if (data.kind === 'open') {
    ready?.engine.ask(data);
  } else if (data.kind === 'lock') {
    ready?.lock();
  } else if (data.kind === 'close') {
    void (ready?.close() ?? Promise.resolve()).finally(() => process.exit(0));
  }
});
