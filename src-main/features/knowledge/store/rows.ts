import type { Database } from '#main/platform/database/database.ts';
import { embeddedReferences, killChainPhases } from '#shared/domain/knowledge/references.ts';
import { aliasesOf } from '#shared/domain/knowledge/identifiers.ts';
import { type StixObject, stixType } from '#shared/domain/knowledge/stix.ts';
import {
  type EncodedObject,
  type EncodedRelationship,
  isRecord,
  lowerId,
  type ObjectRow,
  type RelationshipRow,
  searchText,
  uuidBytes,
  uuidText,
} from './codec.ts';
import { createIdTable } from './id-table.ts';
import { writeUuid } from './identity-hash.ts';
import { createNodes } from './nodes.ts';
import { createRelations } from './relations.ts';
import { KEPT, MISSING, RETIRED } from './state.ts';
import type { Terms } from './terms.ts';

/** Edges and nodes that changed, for the graph service to keep in step. Four numbers an edge: src, type, dst, rel. */
export interface GraphDelta {
  readonly added: number[];
  readonly removed: number[];
  /** Three numbers a node: key, 1 where it is live, and the term of its type. */
  readonly nodes: number[];
}

export interface StoredObject extends ObjectRow {
  readonly key: number;
  readonly op: number;
}

export interface StoredRelationship extends RelationshipRow {
  readonly key: number;
  readonly state: number;
  readonly src: number;
  readonly dst: number;
  readonly op: number;
}

export type Rows = ReturnType<typeof createRows>;

/** Ids of objects remembered between chunks; past it the memory starts anew. */
const MOST_REMEMBERED = 2_500_000;

/**
 * The tables of the standing graph: rows, edges, facets, aliases and full text, written by
 * prepared statements. Knows nothing of versions, operations or merging.
 */
export function createRows(database: Database, terms: Terms) {
  const remembered = createIdTable(MOST_REMEMBERED);
  const idBytes = Buffer.alloc(16);
  const idWords = new Int32Array(idBytes.buffer, idBytes.byteOffset, 4);
  const nodes = createNodes(database, terms);
  let nextKey = 1;
  let delta: GraphDelta = { added: [], removed: [], nodes: [] };

  const reset = () => {
    remembered.clear();
    terms.reset();
    delta = { added: [], removed: [], nodes: [] };
    nodes.reset();
    relations.reset();
    nextKey =
      (database
        .prepare('SELECT max(ifnull((SELECT max(id) FROM object), 0), ifnull((SELECT max(id) FROM relationship), 0))')
        .pluck()
        .get() as number) + 1;
  };

  const findObject = database.prepare('SELECT id FROM object WHERE uuid = ? AND type = ?').pluck();
  const insertObject = database.prepare(
    'INSERT INTO object (id, uuid, type, state, name, external_id, created, modified, op, common, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const updateObject = database.prepare(
    'UPDATE object SET state = ?, name = ?, external_id = ?, created = ?, modified = ?, op = ?, common = ?, rest = ? WHERE id = ?',
  );
  const updateRelationship = database.prepare(
    'UPDATE relationship SET state = ?, type = ?, src = ?, dst = ?, created = ?, modified = ?, op = ?, common = ?, rest = ? WHERE id = ?',
  );
  const clearRelationship = database.prepare('UPDATE relationship SET state = ? WHERE id = ?');
  const selectObject = database.prepare(
    `SELECT o.id AS key, t.value AS type, o.uuid, o.state, o.name, o.created, o.modified, o.op, c.value AS common, o.rest
     FROM object o JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common WHERE o.id = ?`,
  );
  const selectRelationship = database.prepare(
    `SELECT r.id AS key, r.uuid, r.state, t.value AS type, r.src, r.dst, r.created, r.modified, r.op, c.value AS common, r.rest
     FROM relationship r JOIN term t ON t.id = r.type JOIN term c ON c.id = r.common WHERE r.id = ?`,
  );
  const selectId = database.prepare('SELECT t.value AS type, o.uuid FROM object o JOIN term t ON t.id = o.type WHERE o.id = ?');
  const insertEdge = database.prepare('INSERT OR IGNORE INTO edge (src, type, dst, rel) VALUES (?, ?, ?, ?)');
  const deleteEdge = database.prepare('DELETE FROM edge WHERE src = ? AND type = ? AND dst = ? AND rel = ?');
  const selectOwnEdges = database.prepare('SELECT src, type, dst, rel FROM edge WHERE src = ? AND rel = ?').raw();
  const insertFacet = database.prepare('INSERT OR IGNORE INTO facet (term, object) VALUES (?, ?)');
  const deleteFacets = database.prepare('DELETE FROM facet WHERE object = ? RETURNING term').pluck();
  const selectPhaseObjects = database.prepare('SELECT object FROM facet WHERE term = ?').pluck();
  const insertAlias = database.prepare('INSERT OR IGNORE INTO alias (name, object) VALUES (?, ?)');
  const deleteAlias = database.prepare('DELETE FROM alias WHERE name = ? AND object = ?');
  const selectTactic = database.prepare('SELECT object FROM tactic WHERE phase = ?').pluck();
  const insertTactic = database.prepare('INSERT OR REPLACE INTO tactic (phase, object) VALUES (?, ?)');
  const insertSearch = database.prepare('INSERT INTO search (rowid, name, aliases, ids, body) VALUES (?, ?, ?, ?, ?)');
  const deleteSearch = database.prepare('DELETE FROM search WHERE rowid = ?');

  const keyOf = (id: string): number | undefined => {
    const type = stixType(id);
    if (type === 'relationship') return relations.keyOf(id);
    const term = terms.find('type', type);
    if (term === undefined) return undefined;
    writeUuid(id, idBytes);
    const known = remembered.get(idWords, term);
    if (known !== 0) return known;
    const key = findObject.get(idBytes, term) as number | undefined;
    if (key !== undefined) remembered.set(idWords, term, key);
    return key;
  };

  /** The key of an object, made as a placeholder where nothing is known of it but its id. */
  const ensure = (id: string, op: number): number => {
    const known = keyOf(id);
    if (known !== undefined) return known;
    const key = nextKey++;
    const literal = lowerId(id) === id ? null : JSON.stringify({ id });
    const type = terms.intern('type', stixType(id));
    const common = terms.intern('common', '{}');
    const uuid = uuidBytes(id);
    insertObject.run(key, uuid, type, MISSING, null, null, null, null, op, common, literal);
    nodes.add(key, MISSING, type, common);
    remember(uuid, type, key);
    delta.nodes.push(key, 0, type);
    placeholders.push(key);
    return key;
  };
  let placeholders: number[] = [];

  const remember = (uuid: Uint8Array, type: number, key: number) => {
    idBytes.set(uuid);
    remembered.set(idWords, type, key);
  };

  const addEdge = (src: number, type: number, dst: number, rel: number) => {
    if (insertEdge.run(src, type, dst, rel).changes === 0) return;
    delta.added.push(src, type, dst, rel);
    nodes.countEdge(src, type, dst, rel, 1);
  };
  const removeEdge = (src: number, type: number, dst: number, rel: number) => {
    if (deleteEdge.run(src, type, dst, rel).changes === 0) return;
    delta.removed.push(src, type, dst, rel);
    nodes.countEdge(src, type, dst, rel, -1);
  };
  const relations = createRelations(database, terms, nodes, addEdge, () => delta.added);
  reset();

  /** The edges that a live object's embedded references ask for. */
  const wantedEdges = (key: number, object: StixObject, op: number): [number, number, number, number][] => {
    const edges: [number, number, number, number][] = [];
    for (const { property, target } of embeddedReferences(object)) {
      if (stixType(target) === 'relationship') continue;
      const dst = ensure(target, op);
      if (dst !== key) edges.push([key, terms.intern('relation', property), dst, key]);
    }
    const phases = killChainPhases(object);
    if (phases.length > 0) {
      const relation = terms.intern('relation', 'kill_chain_phases');
      for (const phase of phases) {
        const tactic = selectTactic.get(terms.intern('phase', `${phase.killChainName}:${phase.phaseName}`)) as number | undefined;
        if (tactic !== undefined) edges.push([key, relation, tactic, key]);
      }
    }
    return edges;
  };

  /** Facets, aliases, full text and embedded edges of an object that stands for the first time. */
  const index = (key: number, object: StixObject, state: number, op: number) => {
    delta.nodes.push(key, state & RETIRED ? 0 : 1, terms.intern('type', object.type));
    const text = searchText(object);
    insertSearch.run(key, text.name, text.aliases, text.ids, text.body);
    for (const alias of aliasesOf(object)) if (alias !== text.name) insertAlias.run(alias, key);
    indexFacets(key, object, !(state & RETIRED));
    if (state & RETIRED) return;
    for (const edge of wantedEdges(key, object, op)) addEdge(...edge);
    if (object.type === 'x-mitre-tactic') indexTactic(key, object);
  };

  const indexFacets = (key: number, object: StixObject, isLive: boolean) => {
    const tactics = new Set<string>();
    const add = (term: number) => {
      if (insertFacet.run(term, key).changes > 0 && isLive) nodes.countFacet('facet', term, 1);
    };
    for (const { killChainName, phaseName } of killChainPhases(object)) {
      add(terms.intern('phase', `${killChainName}:${phaseName}`));
      tactics.add(tacticOf(`${killChainName}:${phaseName}`));
    }
    const platforms = object['x_mitre_platforms'];
    if (Array.isArray(platforms))
      for (const platform of platforms) if (typeof platform === 'string') add(terms.intern('platform', platform));
    if (isLive) for (const tactic of tactics) nodes.countFacet('tactic', terms.intern('tactic', tactic), 1);
  };

  const unindexFacets = (key: number) => {
    const facets = deleteFacets.all(key) as number[];
    if (facets.length === 0 || !nodes.isLive(key)) return;
    const tactics = new Set<string>();
    for (const term of facets) {
      nodes.countFacet('facet', term, -1);
      if (terms.find('phase', terms.value(term)) === term) tactics.add(tacticOf(terms.value(term)));
    }
    for (const tactic of tactics) nodes.countFacet('tactic', terms.intern('tactic', tactic), -1);
  };

  /** A tactic may come after the techniques that name its phase. */
  const indexTactic = (key: number, object: StixObject) => {
    const shortName = object['x_mitre_shortname'];
    if (typeof shortName !== 'string') return;
    const relation = terms.intern('relation', 'kill_chain_phases');
    for (const chain of killChainsOf(object)) {
      const phase = terms.intern('phase', `${chain}:${shortName}`);
      insertTactic.run(phase, key);
      for (const technique of selectPhaseObjects.all(phase) as number[]) {
        const row = selectObject.get(technique) as StoredObject | undefined;
        if (row && !(row.state & RETIRED)) addEdge(technique, relation, key, technique);
      }
    }
  };

  /** Takes back what `index` wrote; `object` is what stood. */
  const unindex = (key: number, object: StixObject) => {
    deleteSearch.run(key);
    unindexFacets(key);
    for (const alias of aliasesOf(object)) deleteAlias.run(alias, key);
    for (const edge of selectOwnEdges.all(key, key) as [number, number, number, number][]) removeEdge(...edge);
    delta.nodes.push(key, 0, terms.intern('type', object.type));
  };

  const idOf = (key: number): string => {
    // Key 0: an end of a relationship whose own operation has not come yet.
    if (key === 0) return 'x-redoubt-unknown--00000000-0000-4000-8000-000000000000';
    const row = selectId.get(key) as { type: string; uuid: Buffer } | undefined;
    if (!row) throw new Error(`there is no object ${key}`);
    return `${row.type}--${uuidText(row.uuid)}`;
  };

  const selectByExternalId = database
    .prepare('SELECT id FROM object WHERE external_id = ? ORDER BY (state & 15) <> 0, modified DESC, id LIMIT 1')
    .pluck();
  /** Live objects by ATT&CK or CVE id; the newest where several carry it. */
  const findByExternalId = (externalId: string): string | undefined => {
    const key = selectByExternalId.get(externalId) as number | undefined;
    return key === undefined ? undefined : idOf(key);
  };

  const selectByUuid = database
    .prepare('SELECT id FROM object WHERE uuid = ? AND (state & 1) = 0 ORDER BY (state & 15) <> 0, id LIMIT 1')
    .pluck();
  /** An object with this UUID, of whatever type; a live one before a retired one. */
  const findByUuid = (uuid: string): string | undefined => {
    const key = selectByUuid.get(uuidBytes(`x--${uuid}`)) as number | undefined;
    return key === undefined ? undefined : idOf(key);
  };

  return {
    reset,
    findByExternalId,
    findByUuid,
    keyOf,
    ensure,
    nodes,
    relations,
    addEdge,
    removeEdge,
    index,
    unindex,
    newKey: () => nextKey++,
    idOf,
    object: (key: number) => selectObject.get(key) as StoredObject | undefined,
    relationship(key: number): StoredRelationship | undefined {
      const row = selectRelationship.get(key) as Omit<StoredRelationship, 'source' | 'target'> | undefined;
      return row && { ...row, source: idOf(row.src), target: idOf(row.dst) };
    },
    insertObject(key: number, encoded: EncodedObject, state: number, op: number) {
      const type = terms.intern('type', encoded.type);
      const common = terms.intern('common', encoded.common);
      const { uuid, name, externalId, created, modified, rest } = encoded;
      insertObject.run(key, uuid, type, encoded.state | state, name, externalId, created, modified, op, common, rest);
      nodes.add(key, encoded.state | state, type, common);
      remember(uuid, type, key);
    },
    updateObject(key: number, encoded: EncodedObject, state: number, op: number) {
      const { name, externalId, created, modified, rest } = encoded;
      const common = terms.intern('common', encoded.common);
      updateObject.run(encoded.state | state, name, externalId, created, modified, op, common, rest, key);
      nodes.change(key, encoded.state | state, common);
    },
    /** An object of which nothing stands any more is a placeholder again. */
    clearObject(key: number, state: number, op: number) {
      const common = terms.intern('common', '{}');
      updateObject.run(state | MISSING, null, null, null, null, op, common, null, key);
      nodes.change(key, state | MISSING, common);
    },
    /** Nothing stands of it any more; what was taken back stays in the row. */
    keepObject(key: number, state: number, op: number, object: StixObject) {
      const common = terms.intern('common', '{}');
      updateObject.run(state | MISSING | KEPT, null, null, null, null, op, common, JSON.stringify(object), key);
      nodes.change(key, state | MISSING, common);
    },
    /** A relationship of which the log speaks before its own operation has come; `object` is used where it is known already. */
    placeRelationship(id: string, op: number, object?: StixObject): number {
      const key = nextKey++;
      const ends = object ? [ensure(object['source_ref'] as string, op), ensure(object['target_ref'] as string, op)] : [0, 0];
      const relation = terms.intern('relation', object ? (object['relationship_type'] as string) : 'related-to');
      relations.place(key, id, uuidBytes(id), MISSING, relation, ends[0] as number, ends[1] as number, op);
      return key;
    },
    /** False where the id is taken. Its edge stands once what waits is merged. */
    insertRelationship: relations.insert,
    updateRelationship(key: number, encoded: EncodedRelationship, src: number, dst: number, state: number, op: number) {
      const type = terms.intern('relation', encoded.type);
      const { created, modified, rest } = encoded;
      updateRelationship.run(
        encoded.state | state,
        type,
        src,
        dst,
        created,
        modified,
        op,
        terms.intern('common', encoded.common),
        rest,
        key,
      );
      relations.rewrite(key);
    },
    clearRelationship(key: number, state: number) {
      clearRelationship.run(state | MISSING, key);
      relations.rewrite(key);
    },
    /** Nothing but its state: its row keeps what it says. */
    setRelationshipState(key: number, state: number) {
      clearRelationship.run(state, key);
      relations.rewrite(key);
    },
    relationshipEnds: relations.ends,
    relation: (type: string) => terms.intern('relation', type),
    hasDelta: () => delta.added.length + delta.removed.length + delta.nodes.length > 0,
    /** The changes since the last call. */
    takeDelta(): GraphDelta {
      const taken = delta;
      delta = { added: [], removed: [], nodes: [] };
      return taken;
    },
    takePlaceholders(): number[] {
      const taken = placeholders;
      placeholders = [];
      return taken;
    },
  };
}

/** The tactic of a phase, whatever its kill chain: `mitre-attack:impact` is `impact`. */
const tacticOf = (phase: string) => phase.slice(phase.indexOf(':') + 1);

const chainByDomain: Readonly<Record<string, string>> = {
  'enterprise-attack': 'mitre-attack',
  'mobile-attack': 'mitre-mobile-attack',
  'ics-attack': 'mitre-ics-attack',
};

/** The kill chains that a tactic belongs to: by its domains, else by its reference's source. */
function killChainsOf(tactic: StixObject): string[] {
  const domains = tactic['x_mitre_domains'];
  const byDomain = Array.isArray(domains)
    ? domains.map((domain) => chainByDomain[String(domain)]).filter((chain) => chain !== undefined)
    : [];
  if (byDomain.length > 0) return byDomain;
  const references = tactic['external_references'];
  const first = Array.isArray(references) ? references[0] : undefined;
  const source = isRecord(first) ? first['source_name'] : undefined;
  return typeof source === 'string' ? [source] : ['mitre-attack'];
}
