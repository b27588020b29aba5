import type { Migration } from '#main/platform/database/migrate.ts';

export const adminMigrations: readonly Migration[] = [
  {
    id: 2,
    name: 'ledger',
    up: `
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,       -- canonical JSON of the entry
  chain BLOB NOT NULL       -- SHA-256 over the previous chain and the body
) STRICT;
CREATE TABLE network_rule (host TEXT NOT NULL, purpose TEXT NOT NULL, PRIMARY KEY (host, purpose)) STRICT, WITHOUT ROWID;
`,
  },
];
