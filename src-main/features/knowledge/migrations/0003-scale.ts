import type { Database } from '#main/platform/database/database.ts';
import { createIdentityHash } from '../store/identity-hash.ts';

const tables = `
CREATE TABLE node (         -- what counts, filters and orders ask of an object, without its texts
  id INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,   -- object.state & 15: 0 is live
  type INTEGER NOT NULL,
  tlp INTEGER,              -- index into tlpLevels
  degree INTEGER NOT NULL   -- edges in and out
) STRICT;
INSERT INTO node SELECT o.id, o.state & 15, o.type, c.tlp,
  (SELECT count(*) FROM edge e WHERE e.src = o.id) + (SELECT count(*) FROM edge e WHERE e.dst = o.id)
  FROM object o JOIN term c ON c.id = o.common;
CREATE INDEX node_degree ON node (degree);
CREATE INDEX node_retired ON node (id) WHERE state <> 0;

CREATE TABLE identity (     -- a relationship by its UUID: 48 bits of a keyed hash; the row itself has the last word
  hash INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (hash, id)
) STRICT, WITHOUT ROWID;
DROP INDEX relationship_uuid;

CREATE TABLE tally (        -- counts that are kept in the transaction that changes them; see store/nodes.ts
  kind TEXT NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, a, b)
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT 'object', type, ifnull(tlp, -1), count(*) FROM node WHERE state = 0 GROUP BY 2, 3;
INSERT INTO tally SELECT 'retired', type, ifnull(tlp, -1), count(*) FROM node WHERE state <> 0 AND state & 9 = 0 GROUP BY 2, 3;
INSERT INTO tally SELECT 'relation', type, 0, count(*) FROM edge WHERE rel <> src GROUP BY type;
INSERT INTO tally SELECT 'ended', e.type, 0, count(*) FROM edge e JOIN node s ON s.id = e.src JOIN node d ON d.id = e.dst
  WHERE e.rel <> e.src AND (s.state <> 0 OR d.state <> 0) GROUP BY e.type;
INSERT INTO tally SELECT 'facet', f.term, 0, count(*) FROM facet f JOIN node n ON n.id = f.object AND n.state = 0 GROUP BY f.term;
INSERT INTO term (kind, value) SELECT DISTINCT 'tactic', substr(value, instr(value, ':') + 1) FROM term WHERE kind = 'phase';
INSERT INTO tally SELECT 'tactic', s.id, 0, count(DISTINCT f.object) FROM facet f JOIN node n ON n.id = f.object AND n.state = 0
  JOIN term t ON t.id = f.term AND t.kind = 'phase' JOIN term s ON s.kind = 'tactic' AND s.value = substr(t.value, instr(t.value, ':') + 1) GROUP BY s.id;

DROP INDEX object_external_id;
CREATE INDEX object_external_id ON object (external_id);
CREATE INDEX object_by_name ON object (name COLLATE NOCASE);
CREATE INDEX object_modified ON object (modified);
CREATE INDEX confirmation_import ON confirmation (import, object);
DROP INDEX object_op;
CREATE INDEX object_op ON object (op, type);
DROP INDEX op_action;
CREATE INDEX op_action ON op (action, kind);
`;

/**
 * A million objects: a narrow table beside the wide one, kept counts, an index for every order of a list,
 * and relationships found by a short hash whose index is written in sorted runs (docs/adr/0016).
 */
export function scale(database: Database): void {
  database.exec(tables);
  const seed = database
    .prepare("INSERT INTO setting (key, value) VALUES ('identity.seed', hex(randomblob(8))) RETURNING value")
    .pluck()
    .get();
  const hash = createIdentityHash(String(seed));
  const insert = database.prepare('INSERT INTO identity (hash, id) VALUES (?, ?)');
  const page = database.prepare('SELECT id, uuid FROM relationship WHERE id > ? ORDER BY id LIMIT 10000');
  let last = 0;
  for (;;) {
    const rows = page.all(last) as { id: number; uuid: Uint8Array }[];
    for (const { id, uuid } of rows) insert.run(hash.ofBytes(uuid), id);
    const end = rows.at(-1);
    if (!end) break;
    last = end.id;
  }
  database.prepare("INSERT INTO setting (key, value) VALUES ('relationship.indexed', ?)").run(String(last));
}
