import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from '#main/platform/host.ts';

const built = !import.meta.filename.endsWith('.ts');
const folder = built ? folderWith('reader.js', import.meta.dirname) : dirname(import.meta.dirname);
const file = (name: string, source: string) => (built ? join(folder, `${name}.js`) : join(folder, source));

/** Where the entries lie: among the sources, or beside the program that was built of them. */
export const entryFiles: Readonly<Record<Entry, string>> = {
  reader: file('reader', 'entries/reader.ts'),
  graph: file('graph', 'entries/graph.ts'),
  backup: file('backup', 'entries/backup.ts'),
};

/** Loaded first by every process and thread: closes the network there too. */
export const guardFile = file('guard-on', 'platform/http/guard-on.ts');

function folderWith(name: string, from: string): string {
  const above = dirname(from);
  return existsSync(join(from, name)) || above === from ? from : folderWith(name, above);
}
