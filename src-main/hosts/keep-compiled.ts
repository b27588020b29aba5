import { flushCompileCache } from 'node:module';

/**
 * Writes the compiled code of what was loaded to Node's cache now, where one is on. Node does it at the end of a process,
 * but readers are killed and the graph's thread is ended; each start would then compile again what only they load, and
 * keep the compiler for it.
 */
export function keepCompiled(): void {
  flushCompileCache();
}
