import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { pass } from '#main/platform/http/passage.ts';
import type { Host, Log, SecretStore } from '#main/platform/host.ts';
import { entryFiles, guardFile } from './entry-files.ts';
import { appVersion, resourcesDir } from './folders.ts';

export interface NodeHostTerms {
  readonly dataDir: string;
  readonly log: Log;
  readonly secrets?: SecretStore;
  readonly notify?: Host['notify'];
  readonly resourcesDir?: string;
  /** How processes beside the engine are started; by default as children that run Node. */
  readonly spawnProcess?: Host['spawnProcess'];
}

/** The engine's world under plain Node: no keychain. */
export function createNodeHost(terms: NodeHostTerms): Host {
  const execArgv = ['--import', pathToFileURL(guardFile).href];
  return {
    dataDir: terms.dataDir,
    resourcesDir: terms.resourcesDir ?? resourcesDir,
    version: appVersion(),
    secrets: terms.secrets,
    notify: terms.notify ?? (() => undefined),
    now: () => Date.now(),
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    log: terms.log,
    spawnProcess:
      terms.spawnProcess ??
      ((entry) =>
        pass({ kind: 'start', what: entry }, () => {
          const child = fork(entryFiles[entry], [], {
            execArgv,
            env: cleanEnvironment(process.env),
            serialization: 'advanced',
            stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
          });
          child.stderr?.setEncoding('utf8').on('data', (text: string) => terms.log.warn(`${entry}: ${text.trim()}`));
          return child;
        })),
    spawnWorker: (entry, data) =>
      pass(
        { kind: 'start', what: entry },
        () => new Worker(entryFiles[entry], { workerData: data, execArgv, env: cleanEnvironment(process.env) }),
      ),
  };
}

/** What a process of ours needs to run: no passphrase, no option for Node, no proxy goes with it. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept = ['PATH', 'HOME', 'USERPROFILE', 'SYSTEMROOT', 'WINDIR', 'TMPDIR', 'TMP', 'TEMP', 'LANG', 'LC_ALL', 'TZ'];
  const clean = Object.fromEntries(kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  // Compiled code is shared with what we start, which halves its processor time; the folder's last part names the version of Node.
  const compiled = getCompileCacheDir();
  if (compiled) clean['NODE_COMPILE_CACHE'] = dirname(compiled);
  return clean;
}
