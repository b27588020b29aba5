import { resolveOnBranch } from '#shared/domain/knowledge/branch.ts';
import { type Resolved, resolve, type WholeWrite } from '#shared/domain/knowledge/merge.ts';
import { aliasesOf } from '#shared/domain/knowledge/identifiers.ts';
import { embeddedReferences, killChainPhases } from '#shared/domain/knowledge/references.ts';
import { type JsonObject, type StixObject, stixType, tlpLevels } from '#shared/domain/knowledge/stix-object.ts';
import { tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { encodeObject, encodeRelationship, searchText, uuidBytes } from '../codec.ts';
import { DELETED, EDITED, flagsOf, LAYER, MISSING, PARTIAL, RETIRED, TOUCHED } from '../state.ts';
import type { TermKind } from '../terms.ts';
import { type Counted, sha256, writesOf } from './writes.ts';
import { touchedSince } from './touched.ts';
import { objectsOfBranch } from './branches.ts';
import { COUNT_TABLES, countShown, nodeView, TALLY_VIEW } from './overlay-counts.ts';

/*
 * The graph as a branch shows it, or as it was at a moment, for any read: views of the names of the
 * tables stand before them on this connection (SQLite looks in `temp` first). A view is main's table
 * without the objects that differ, and these from a table of their own in memory. Nothing is written
 * to the file, and nothing of it is kept but until the log goes on.
 */

/** Objects that may be worked out one by one for a view; more would take seconds. */
export const MOST_WORKED_OUT = 20_000;

const TABLES = ['object', 'relationship', 'edge', 'facet', 'alias', 'tag', 'version'] as const;
/** By which column a row belongs to an object. */
const owner: Readonly<Record<(typeof TABLES)[number], string>> = {
  object: 'id',
  relationship: 'id',
  edge: 'rel',
  facet: 'object',
  alias: 'object',
  tag: 'object',
  version: 'object',
};

/** What of it is looked at: all, main's rows that stand as they are, or those that differ. */
type Part = 'all' | 'same' | 'other';

/** Runs a read over the graph so shown. Not to be nested; the read must be over when this returns. */
export function shownAs<T>(database: Database, counted: Counted, work: (look: <R>(part: Part, inner: () => R) => R) => T): T {
  build(database, counted);
  const look = <R>(part: Part, inner: () => R): R => {
    const made = putViews(database, counted, part);
    // Full text is no view: a query of it names its table, so the table takes the name.
    if (part === 'other') database.exec('ALTER TABLE temp.shown_search RENAME TO search');
    try {
      return inner();
    } finally {
      if (part === 'other') database.exec('ALTER TABLE temp.search RENAME TO shown_search');
      for (const name of made) database.exec(`DROP VIEW temp.${name}`);
    }
  };
  return work(look);
}

function putViews(database: Database, { branch = 0, until }: Counted, part: Part): string[] {
  const made: string[] = [];
  const view = (name: string, sql: string) => {
    database.exec(`CREATE TEMP VIEW ${name} AS ${sql}`);
    made.push(name);
  };
  for (const table of TABLES) {
    const columns = columnsOf(database, table).join(', ');
    const same = `SELECT ${columns} FROM main.${table} x WHERE NOT EXISTS (SELECT 1 FROM temp.shown_hidden h WHERE h.id = x.${owner[table]})`;
    const other = `SELECT ${columns} FROM temp.shown_${table}`;
    const alone = table === 'object' && part !== 'all';
    view(table, alone ? (part === 'same' ? same : other) : `${same} UNION ALL ${other}`);
  }
  // What is kept beside the tables for speed (0003-scale).
  view('node', nodeView(part));
  view('tally', TALLY_VIEW);
  if (database.prepare('SELECT 1 FROM temp.shown_term LIMIT 1').get())
    view('term', 'SELECT id, kind, value, tlp FROM main.term UNION ALL SELECT id, kind, value, tlp FROM temp.shown_term');
  const columns = columnsOf(database, 'op').filter((column) => column !== 'branch' && column !== 'undone');
  view(
    'op',
    until === undefined
      ? `SELECT ${columns.join(', ')}, 0 AS branch, undone FROM main.op WHERE branch IN (0, ${Number(branch)})`
      : `SELECT ${columns.join(', ')}, 0 AS branch, ifnull((SELECT u.value = 'true' FROM main.op u WHERE u.kind = 'undo' AND u.property = x.action AND u.clock <= ${Number(until)}
           ORDER BY u.clock DESC LIMIT 1), 0) AS undone FROM main.op x WHERE branch = 0 AND clock <= ${Number(until)}`,
  );
  return made;
}

function columnsOf(database: Database, table: string): string[] {
  return prepared(database, "SELECT name FROM pragma_table_info(?, 'main')").pluck().all(table) as string[];
}

/** Works out what differs, unless that is what stands already and the log has not gone on. */
function build(database: Database, counted: Counted) {
  const newest = prepared(database, 'SELECT ifnull(max(id), 0) FROM main.op').pluck().get() as number;
  const stamp = `${counted.branch ?? ''} ${counted.until ?? ''} ${newest}`;
  const stands = prepared(database, "SELECT 1 FROM sqlite_temp_schema WHERE name = 'shown_stamp'").get();
  if (stands && database.prepare('SELECT stamp FROM temp.shown_stamp').pluck().get() === stamp) return;
  if (!stands) makeTables(database);
  database.exec('DELETE FROM temp.shown_stamp; DELETE FROM temp.shown_hidden; DELETE FROM temp.shown_term');
  for (const table of TABLES) database.exec(`DELETE FROM temp.shown_${table}`);
  database.exec("INSERT INTO temp.shown_search (shown_search) VALUES ('delete-all')");
  const { workedOut, gone } =
    counted.until === undefined
      ? { workedOut: objectsOfBranch(database, counted.branch ?? 0), gone: [] }
      : touchedSince(database, counted.until);
  if (workedOut.length > MOST_WORKED_OUT)
    throw new ContractError(
      'too_large',
      `${workedOut.length.toLocaleString('en')} objects have changed since; at most ${MOST_WORKED_OUT.toLocaleString('en')} can be worked out. Choose a later moment.`,
    );
  const hide = database.prepare('INSERT OR IGNORE INTO temp.shown_hidden (id) VALUES (?)');
  for (const key of gone) hide.run(key);
  const put = putter(database);
  for (const key of workedOut) {
    hide.run(key);
    const { main, branch } = writesOf(database, key, counted);
    const resolved = counted.until === undefined ? resolveOnBranch(main, branch, sha256) : resolve(main);
    put(key, resolved, [...main.wholes, ...branch.wholes]);
  }
  // What nobody had described yet, but others named: their edges have an end, as they had then.
  if (gone.length > 0)
    database.exec(`INSERT OR IGNORE INTO temp.shown_object (id, uuid, type, state, op, common)
      SELECT o.id, o.uuid, o.type, ${MISSING | TOUCHED}, o.op, (SELECT id FROM main.term WHERE kind = 'common' AND value = '{}')
      FROM temp.shown_hidden h JOIN main.object o ON o.id = h.id
      WHERE EXISTS (SELECT 1 FROM main.edge e WHERE e.dst = h.id AND NOT EXISTS (SELECT 1 FROM temp.shown_hidden x WHERE x.id = e.rel))
        OR EXISTS (SELECT 1 FROM main.edge e WHERE e.src = h.id AND NOT EXISTS (SELECT 1 FROM temp.shown_hidden x WHERE x.id = e.rel))
        OR EXISTS (SELECT 1 FROM temp.shown_relationship r WHERE h.id IN (r.src, r.dst)) OR EXISTS (SELECT 1 FROM temp.shown_edge e WHERE e.dst = h.id)`);
  countShown(database);
  database.prepare('INSERT INTO temp.shown_stamp (stamp) VALUES (?)').run(stamp);
}

/** The same tables and indexes as in the file, in memory. */
function makeTables(database: Database) {
  const definition = prepared(database, 'SELECT type, name, sql FROM main.sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL');
  database.exec(COUNT_TABLES);
  database.exec(`CREATE TEMP TABLE shown_stamp (stamp TEXT) STRICT;
    CREATE TEMP TABLE shown_hidden (id INTEGER PRIMARY KEY) STRICT;
    CREATE TEMP TABLE shown_term (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, value TEXT NOT NULL, tlp INTEGER, UNIQUE (kind, value)) STRICT;
    CREATE VIRTUAL TABLE temp.shown_search USING fts5 (name, aliases, ids, body, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2")`);
  for (const table of TABLES)
    for (const { type, name, sql } of definition.all(table) as { type: string; name: string; sql: string }[]) {
      if (type === 'table') database.exec(sql.replace(new RegExp(`^CREATE TABLE "?${table}"?`), `CREATE TEMP TABLE shown_${table}`));
      else if (type === 'index')
        database.exec(
          sql
            .replace(new RegExp(`INDEX "?${name}"? ON "?${table}"?`), `INDEX temp.shown_${name} ON shown_${table}`)
            .replace(/^CREATE UNIQUE/, 'CREATE'),
        );
    }
}

function putter(database: Database) {
  const insert = (table: string, columns: readonly string[]) =>
    database.prepare(`INSERT OR IGNORE INTO temp.shown_${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  const objectRow = insert('object', ['id', 'uuid', 'type', 'state', 'name', 'external_id', 'created', 'modified', 'op', 'common', 'rest']);
  const relationshipRow = insert('relationship', [
    'id',
    'uuid',
    'state',
    'type',
    'src',
    'dst',
    'created',
    'modified',
    'op',
    'common',
    'rest',
  ]);
  const edgeRow = insert('edge', ['src', 'type', 'dst', 'rel']);
  const facetRow = insert('facet', ['term', 'object']);
  const aliasRow = insert('alias', ['name', 'object']);
  const tagRow = insert('tag', ['object', 'term']);
  const versionRow = insert('version', ['object', 'op', 'flags', 'body']);
  const searchRow = insert('search', ['rowid', 'name', 'aliases', 'ids', 'body']);
  const findTerm = database
    .prepare(
      'SELECT id FROM main.term WHERE kind = @kind AND value = @value UNION ALL SELECT id FROM temp.shown_term WHERE kind = @kind AND value = @value',
    )
    .pluck();
  const lowest = database.prepare('SELECT ifnull(min(id), 0) FROM temp.shown_term').pluck();
  const insertTerm = database.prepare('INSERT INTO temp.shown_term (id, kind, value, tlp) VALUES (?, ?, ?, ?)');
  const findObject = database
    .prepare("SELECT o.id FROM main.term t JOIN main.object o ON o.type = t.id AND o.uuid = ? WHERE t.kind = 'type' AND t.value = ?")
    .pluck();
  const findTactic = database.prepare('SELECT object FROM main.tactic WHERE phase = ?').pluck();
  const rowOfMain = database.prepare('SELECT uuid, type, op, state FROM main.object WHERE id = ?');
  const isRelationship = database.prepare('SELECT state, op FROM main.relationship WHERE id = ?');

  const term = (kind: TermKind, value: string): number => {
    const known = findTerm.get({ kind, value }) as number | undefined;
    if (known !== undefined) return known;
    const id = (lowest.get() as number) - 1;
    insertTerm.run(id, kind, value, kind === 'common' ? tlpOf(value) : null);
    return id;
  };
  const keyOf = (id: string) => findObject.get(uuidBytes(id), stixType(id)) as number | undefined;

  return (key: number, resolved: Resolved, wholes: readonly WholeWrite[]) => {
    const standing = resolved.standing;
    const state =
      (resolved.deleted ? DELETED : 0) |
      (resolved.edited ? EDITED : 0) |
      (standing?.partial ? PARTIAL : 0) |
      (standing?.merge ? LAYER : 0) |
      TOUCHED;
    for (const tag of resolved.tags) tagRow.run(key, term('tag', tag));
    for (const whole of wholes)
      if (whole.key !== standing?.key || resolved.edited) versionRow.run(key, whole.key, flagsOf(whole), JSON.stringify(whole.object));
    const relationship = isRelationship.get(key) as { state: number; op: number } | undefined;
    if (relationship) {
      if (!resolved.object) return;
      const object = resolved.object as StixObject;
      const encoded = encodeRelationship(object);
      const [src, dst] = [keyOf(object['source_ref'] as string), keyOf(object['target_ref'] as string)];
      if (src === undefined || dst === undefined) return;
      const { uuid, created, modified, rest, common } = encoded;
      const type = term('relation', encoded.type);
      const by = standing?.key ?? relationship.op;
      relationshipRow.run(key, uuid, encoded.state | state, type, src, dst, created, modified, by, term('common', common), rest);
      if (!((encoded.state | state) & RETIRED)) edgeRow.run(src, type, dst, key);
      return;
    }
    const row = rowOfMain.get(key) as { uuid: Buffer; type: number; op: number; state: number } | undefined;
    if (!row) return;
    if (!resolved.object) {
      objectRow.run(key, row.uuid, row.type, state | MISSING, null, null, null, null, row.op, term('common', '{}'), null);
      return;
    }
    const object = resolved.object as StixObject;
    const encoded = encodeObject(object);
    const { uuid, name, externalId, created, modified, common, rest } = encoded;
    objectRow.run(
      key,
      uuid,
      row.type,
      encoded.state | state,
      name,
      externalId,
      created,
      modified,
      standing?.key ?? row.op,
      term('common', common),
      rest,
    );
    const text = searchText(object);
    searchRow.run(key, text.name, text.aliases, text.ids, text.body);
    for (const alias of aliasesOf(object)) if (alias !== text.name) aliasRow.run(alias, key);
    const phases = killChainPhases(object).map(({ killChainName, phaseName }) => term('phase', `${killChainName}:${phaseName}`));
    for (const phase of phases) facetRow.run(phase, key);
    // So that the counts by tactic have a name to count under.
    for (const { phaseName } of killChainPhases(object)) term('tactic', phaseName);
    const platforms = object['x_mitre_platforms'];
    if (Array.isArray(platforms))
      for (const platform of platforms) if (typeof platform === 'string') facetRow.run(term('platform', platform), key);
    if ((encoded.state | state) & RETIRED) return;
    for (const { property, target } of embeddedReferences(object)) {
      const dst = stixType(target) === 'relationship' ? undefined : keyOf(target);
      if (dst !== undefined && dst !== key) edgeRow.run(key, term('relation', property), dst, key);
    }
    for (const phase of phases) {
      const tactic = findTactic.get(phase) as number | undefined;
      if (tactic !== undefined) edgeRow.run(key, term('relation', 'kill_chain_phases'), tactic, key);
    }
  };
}

function tlpOf(common: string): number | null {
  const level = tlpOfMarkings((JSON.parse(common) as JsonObject)['object_marking_refs']);
  return level ? tlpLevels.indexOf(level) : null;
}
