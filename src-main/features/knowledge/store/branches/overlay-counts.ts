import type { Database } from '#main/platform/database/database.ts';

/*
 * The narrow mirror of objects and the kept counts (nodes.ts), as the graph is shown: main's with what
 * the objects that differ take off and add. Sets of rows, never one by one.
 */

const EDGE = 'e.src, e.type, e.dst, e.rel';
const hidden = (column: string) => `EXISTS (SELECT 1 FROM temp.shown_hidden h WHERE h.id = ${column})`;

/** Tables that stand before `node` and `tally`, and main's edges that are not shown. */
export const COUNT_TABLES = `
CREATE TEMP TABLE shown_node (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, type INTEGER NOT NULL, tlp INTEGER, degree INTEGER NOT NULL) STRICT;
CREATE TEMP TABLE shown_gone (src INTEGER NOT NULL, type INTEGER NOT NULL, dst INTEGER NOT NULL, rel INTEGER NOT NULL, PRIMARY KEY (src, type, dst, rel)) STRICT, WITHOUT ROWID;
CREATE INDEX temp.shown_gone_reverse ON shown_gone (dst);
CREATE TEMP TABLE shown_tally (kind TEXT NOT NULL, a INTEGER NOT NULL, b INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;
`;

const COLUMNS = 'x.id, x.state, x.type, x.tlp, x.degree';

/** Of all objects, of those that stand as on main (their degree may differ), or of those that differ. */
export function nodeView(part: 'all' | 'same' | 'other'): string {
  const same = `SELECT ${COLUMNS} FROM main.node x WHERE NOT ${hidden('x.id')} AND NOT EXISTS (SELECT 1 FROM temp.shown_node s WHERE s.id = x.id)`;
  if (part === 'all') return `${same} UNION ALL SELECT ${COLUMNS} FROM temp.shown_node x`;
  const other = `SELECT ${COLUMNS} FROM temp.shown_node x WHERE ${part === 'same' ? 'NOT ' : ''}${hidden('x.id')}`;
  return part === 'same' ? `${same} UNION ALL ${other}` : other;
}

export const TALLY_VIEW = `SELECT kind, a, b, sum(n) AS n FROM (SELECT kind, a, b, n FROM main.tally UNION ALL SELECT kind, a, b, n FROM temp.shown_tally)
  GROUP BY kind, a, b HAVING sum(n) <> 0`;

/** Counts anew, once the rows that differ stand in their tables. */
export function countShown(database: Database): void {
  database.exec(`
DELETE FROM temp.shown_node; DELETE FROM temp.shown_gone; DELETE FROM temp.shown_tally;
INSERT INTO temp.shown_gone SELECT ${EDGE} FROM temp.shown_hidden h CROSS JOIN main.edge e ON e.src = h.id AND e.rel = h.id;
INSERT OR IGNORE INTO temp.shown_gone SELECT ${EDGE} FROM temp.shown_hidden h CROSS JOIN main.relationship r ON r.id = h.id
  CROSS JOIN main.edge e ON e.src = r.src AND e.type = r.type AND e.dst = r.dst AND e.rel = r.id;
`);
  const degree = (id: string) => `ifnull((SELECT m.degree FROM main.node m WHERE m.id = ${id}), 0)
    - (SELECT count(*) FROM temp.shown_gone e WHERE e.src = ${id}) - (SELECT count(*) FROM temp.shown_gone e WHERE e.dst = ${id})
    + (SELECT count(*) FROM temp.shown_edge e WHERE e.src = ${id}) + (SELECT count(*) FROM temp.shown_edge e WHERE e.dst = ${id})`;
  const ends = ['temp.shown_gone', 'temp.shown_edge']
    .flatMap((table) => [`SELECT src AS id FROM ${table}`, `SELECT dst FROM ${table}`])
    .join(' UNION ');
  database.exec(`
INSERT INTO temp.shown_node SELECT o.id, o.state & 15, o.type, ifnull(c.tlp, s.tlp), ${degree('o.id')} FROM temp.shown_object o
  LEFT JOIN main.term c ON c.id = o.common LEFT JOIN temp.shown_term s ON s.id = o.common;
INSERT OR IGNORE INTO temp.shown_node SELECT n.id, n.state, n.type, n.tlp, ${degree('n.id')}
  FROM (${ends}) x JOIN main.node n ON n.id = x.id WHERE NOT ${hidden('n.id')};
`);
  const both = (sql: (node: string, sign: 1 | -1) => string) => `${sql('main', -1)}; ${sql('shown', 1)};`;
  const tally = (kind: string, a: string, b: string, sign: 1 | -1, count: string, from: string) =>
    `INSERT INTO temp.shown_tally SELECT '${kind}', ${a}, ${b}, ${sign} * ${count} FROM ${from} GROUP BY 2, 3`;
  // A node that differs, as main and as the overlay has it.
  const nodes = (side: string) =>
    side === 'main'
      ? 'temp.shown_hidden h CROSS JOIN main.node n ON n.id = h.id'
      : 'temp.shown_object o CROSS JOIN temp.shown_node n ON n.id = o.id';
  const facets = (side: string) =>
    side === 'main'
      ? 'temp.shown_hidden h CROSS JOIN main.node n ON n.id = h.id AND n.state = 0 CROSS JOIN main.facet f ON f.object = n.id'
      : 'temp.shown_facet f JOIN temp.shown_node n ON n.id = f.object AND n.state = 0';
  const terms = '(SELECT id, kind, value FROM main.term UNION ALL SELECT id, kind, value FROM temp.shown_term)';
  database.exec(
    [
      both((side, sign) => tally('object', 'n.type', 'ifnull(n.tlp, -1)', sign, 'count(*)', `${nodes(side)} WHERE n.state = 0`)),
      both((side, sign) =>
        tally('retired', 'n.type', 'ifnull(n.tlp, -1)', sign, 'count(*)', `${nodes(side)} WHERE n.state <> 0 AND n.state & 9 = 0`),
      ),
      both((side, sign) =>
        tally('relation', 'e.type', '0', sign, 'count(*)', `temp.shown_${side === 'main' ? 'gone' : 'edge'} e WHERE e.rel <> e.src`),
      ),
      both((side, sign) => tally('facet', 'f.term', '0', sign, 'count(*)', facets(side))),
      both((side, sign) =>
        tally(
          'tactic',
          's.id',
          '0',
          sign,
          'count(DISTINCT f.object)',
          `${facets(side)} JOIN ${terms} t ON t.id = f.term AND t.kind = 'phase' JOIN ${terms} s ON s.kind = 'tactic' AND s.value = substr(t.value, instr(t.value, ':') + 1)`,
        ),
      ),
    ].join('\n'),
  );
  // Relationships with an end that is not live: of all that touch a node that differs, or differ themselves.
  const touching = (edges: string) =>
    `SELECT ${EDGE} FROM temp.shown_hidden h CROSS JOIN ${edges} e ON e.src = h.id WHERE e.rel <> e.src
     UNION SELECT ${EDGE} FROM temp.shown_hidden h CROSS JOIN ${edges} e ON e.dst = h.id WHERE e.rel <> e.src`;
  const own = (table: string) => `SELECT ${EDGE} FROM temp.${table} e WHERE e.rel <> e.src`;
  const dead = (end: string) => `ifnull((SELECT s.state FROM temp.shown_node s WHERE s.id = ${end}), CASE WHEN ${hidden(end)} THEN 1
    ELSE ifnull((SELECT n.state FROM main.node n WHERE n.id = ${end}), 1) END) <> 0`;
  const wasDead = (end: string) => `ifnull((SELECT n.state FROM main.node n WHERE n.id = ${end}), 1) <> 0`;
  database.exec(`
INSERT INTO temp.shown_tally SELECT 'ended', e.type, 0, -count(*) FROM (${touching('main.edge')} UNION ${own('shown_gone')}) e
  WHERE ${wasDead('e.src')} OR ${wasDead('e.dst')} GROUP BY e.type;
INSERT INTO temp.shown_tally SELECT 'ended', e.type, 0, count(*) FROM (SELECT * FROM (${touching('main.edge')}) t
    WHERE NOT EXISTS (SELECT 1 FROM temp.shown_gone g WHERE g.src = t.src AND g.type = t.type AND g.dst = t.dst AND g.rel = t.rel)
    UNION ${own('shown_edge')}) e
  WHERE ${dead('e.src')} OR ${dead('e.dst')} GROUP BY e.type;
`);
}
