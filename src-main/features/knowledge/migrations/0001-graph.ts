/**
 * The graph, its versions and the log of operations.
 *
 * Integer keys inside; a STIX id is 16 bytes of UUID and a term for its type. `object.id` and
 * `relationship.id` come from one counter, so that one number names one thing in `edge`,
 * `version` and `op`. No foreign keys and no UNIQUE beyond identity: merged state must be
 * writable in any order (see docs/adr/0008).
 */
export const graph = `
CREATE TABLE term (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,       -- type | relation | common | phase | platform | tag
  value TEXT NOT NULL,
  tlp INTEGER,              -- for 'common': index into tlpLevels
  UNIQUE (kind, value)
) STRICT;

CREATE TABLE object (
  id INTEGER PRIMARY KEY,
  uuid BLOB NOT NULL,
  type INTEGER NOT NULL,
  state INTEGER NOT NULL,   -- bits: see store/state.ts
  name TEXT,
  external_id TEXT COLLATE NOCASE,
  created INTEGER,          -- ms since the epoch
  modified INTEGER,
  op INTEGER NOT NULL,      -- the operation that wrote the standing version
  common INTEGER NOT NULL,  -- term: JSON of properties that many objects share
  rest TEXT                 -- canonical JSON of what the columns do not say
) STRICT;
CREATE UNIQUE INDEX object_uuid ON object (uuid, type);
CREATE INDEX object_op ON object (op);
CREATE INDEX object_name ON object (type, name COLLATE NOCASE);
CREATE INDEX object_external_id ON object (external_id) WHERE external_id IS NOT NULL;

CREATE TABLE relationship (
  id INTEGER PRIMARY KEY,
  uuid BLOB NOT NULL,
  state INTEGER NOT NULL,
  type INTEGER NOT NULL,    -- term 'relation'
  src INTEGER NOT NULL,
  dst INTEGER NOT NULL,
  created INTEGER,
  modified INTEGER,
  op INTEGER NOT NULL,
  common INTEGER NOT NULL,
  rest TEXT
) STRICT;
CREATE UNIQUE INDEX relationship_uuid ON relationship (uuid);
CREATE INDEX relationship_op ON relationship (op);

-- Standing edges only: relationships that are neither retired nor deleted, and embedded references
-- (there rel is the id of the object that holds the reference).
CREATE TABLE edge (
  src INTEGER NOT NULL, type INTEGER NOT NULL, dst INTEGER NOT NULL, rel INTEGER NOT NULL,
  PRIMARY KEY (src, type, dst, rel)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_reverse ON edge (dst, type, src, rel);

CREATE TABLE facet (        -- tactics (term 'phase') and platforms of an object
  term INTEGER NOT NULL, object INTEGER NOT NULL,
  PRIMARY KEY (term, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX facet_object ON facet (object);

CREATE TABLE tactic (       -- kill-chain phase -> x-mitre-tactic object
  phase INTEGER PRIMARY KEY, object INTEGER NOT NULL
) STRICT;

CREATE TABLE alias (name TEXT NOT NULL COLLATE NOCASE, object INTEGER NOT NULL, PRIMARY KEY (name, object)) STRICT, WITHOUT ROWID;

CREATE TABLE version (      -- whole-object writes that do not stand in their row
  id INTEGER PRIMARY KEY,
  object INTEGER NOT NULL,
  op INTEGER NOT NULL,
  flags INTEGER NOT NULL,   -- bit 0: facts only
  body TEXT NOT NULL        -- canonical JSON of the whole object
) STRICT;
CREATE INDEX version_object ON version (object);
CREATE INDEX version_op ON version (op);

CREATE TABLE device (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, own INTEGER NOT NULL) STRICT;

CREATE TABLE op (
  id INTEGER PRIMARY KEY,   -- order of arrival here
  device INTEGER NOT NULL,
  seq INTEGER NOT NULL,     -- gapless per device
  clock INTEGER NOT NULL,   -- hybrid logical clock: ms * 1024 + counter
  kind TEXT NOT NULL,       -- import | put | set | delete | tag | untag | undo | audit
  object INTEGER,
  property TEXT,
  value TEXT,               -- JSON
  base TEXT,                -- "clock.device" of the value replaced
  action TEXT NOT NULL,     -- "device:seq" of the first operation of one user action
  import INTEGER,
  hash BLOB,                -- of the objects of an import chunk
  count INTEGER,
  branch INTEGER NOT NULL DEFAULT 0,
  actor TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  chain BLOB NOT NULL,      -- SHA-256 over the previous chain and this operation
  UNIQUE (device, seq)
) STRICT;
CREATE INDEX op_object ON op (object) WHERE object IS NOT NULL;
CREATE INDEX op_action ON op (action);
CREATE INDEX op_import ON op (import) WHERE import IS NOT NULL;

CREATE TABLE pending_op (   -- from other devices, waiting for an earlier one
  device TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE unsettled (    -- objects that an undo or redo has yet to write anew, should it be cut off
  object INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE tag (object INTEGER NOT NULL, term INTEGER NOT NULL, PRIMARY KEY (object, term)) STRICT, WITHOUT ROWID;
CREATE INDEX tag_term ON tag (term);

CREATE TABLE conflict (     -- values that lost: the inbox
  object INTEGER NOT NULL, property TEXT NOT NULL, op INTEGER NOT NULL, value TEXT,
  PRIMARY KEY (object, property, op)
) STRICT, WITHOUT ROWID;

CREATE TABLE import (
  id INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,       -- file | pack | user | demo | sync
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER,
  state TEXT NOT NULL,      -- running | done | undone
  created INTEGER NOT NULL DEFAULT 0,
  updated INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  lost INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE import_issue (import INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT, path TEXT NOT NULL, what TEXT NOT NULL) STRICT;
CREATE INDEX import_issue_import ON import_issue (import);

CREATE TABLE confirmation ( -- an import that held the same version again
  object INTEGER NOT NULL, import INTEGER NOT NULL, PRIMARY KEY (object, import)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5 (
  name, aliases, ids, body,
  content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE search_terms USING fts5vocab (search, col);

CREATE TABLE graph_cache (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;
