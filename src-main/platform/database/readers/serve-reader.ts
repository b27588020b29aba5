import { parentLink, type SideLink } from '#main/platform/side-link.ts';
import type { Database } from '../database.ts';
import type { FromReader, ToReader } from './messages.ts';
import { crossed, type ReadRegistry, runRead } from './run-read.ts';

/**
 * The inside of a reader process: opens the database with the first message, then answers one read
 * after another. Ends when its parent goes away. `open` must return a read-only connection.
 */
export function serveReader(
  registry: ReadRegistry,
  open: (path: string, key: Uint8Array) => Database,
  link: SideLink = parentLink(),
): void {
  const answer = (message: FromReader) => link.send(message);
  let database: Database | undefined;

  link.onMessage((given) => {
    const message = given as ToReader;
    if (message.kind === 'open') {
      try {
        database = open(message.path, message.key);
        answer({ kind: 'ready' });
      } catch (error) {
        answer({ kind: 'refused', error: crossed(error) });
      } finally {
        message.key.fill(0);
      }
      return;
    }
    const { id } = message;
    try {
      if (!database) throw new Error('a read came before the database was open');
      answer({ kind: 'answer', id, value: runRead(registry, database, message.name, message.params) });
    } catch (error) {
      answer({ kind: 'error', id, error: crossed(error) });
    }
  });
  link.onGone(() => {
    database?.close();
    process.exit();
  });
  // Ctrl-C reaches the whole group; the engine decides when its readers end.
  process.on('SIGINT', () => undefined);
}
