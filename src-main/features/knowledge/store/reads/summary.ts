import type { EntitySummary } from '#shared/contract/knowledge.ts';
import { tlpLevels } from '#shared/domain/knowledge/stix-object.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { uuidText } from '../codec.ts';
import { createIdentityHash } from '../identity-hash.ts';
import { DELETED, DEPRECATED, MISSING, REVOKED } from '../state.ts';

export interface SummaryRow {
  readonly key: number;
  readonly type: string;
  readonly uuid: Uint8Array;
  readonly state: number;
  readonly name: string | null;
  readonly external_id: string | null;
  readonly modified: number | null;
  readonly tlp: number | null;
}

/** The columns of SummaryRow, over `object o JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common`. */
export const SUMMARY_COLUMNS = 'o.id AS key, t.value AS type, o.uuid, o.state, o.name, o.external_id, o.modified, c.tlp';
export const SUMMARY_TABLES = 'object o JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common';

export function summaryOf(row: SummaryRow): EntitySummary {
  const tlp = row.tlp === null ? undefined : tlpLevels[row.tlp];
  return {
    id: `${row.type}--${uuidText(row.uuid)}`,
    type: row.type,
    name: row.name || row.type,
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(tlp && { tlp }),
    revoked: (row.state & REVOKED) !== 0,
    deprecated: (row.state & DEPRECATED) !== 0,
    missing: (row.state & (MISSING | DELETED)) !== 0,
    ...(row.modified !== null && { modified: new Date(row.modified).toISOString() }),
  };
}

/** Summaries of many keys in one statement, in the order asked; unknown keys are left out. */
export function summariesOf(database: Database, keys: readonly number[]): Map<number, SummaryRow> {
  const rows = prepared(
    database,
    `SELECT ${SUMMARY_COLUMNS} FROM json_each(?) j CROSS JOIN object o ON o.id = j.value JOIN term t ON t.id = o.type JOIN term c ON c.id = o.common`,
  ).all(JSON.stringify(keys)) as SummaryRow[];
  return new Map(rows.map((row) => [row.key, row]));
}

/** The key of an entity by STIX id, external id, name or alias, in this order; live ones first. */
export function findKey(database: Database, text: string): number | undefined {
  const id = /^([a-z0-9][a-z0-9-]*)--([0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})$/.exec(text.trim());
  if (id) {
    const uuid = Buffer.from((id[2] as string).replaceAll('-', ''), 'hex');
    return prepared(database, "SELECT o.id FROM object o JOIN term t ON t.id = o.type WHERE o.uuid = ? AND t.kind = 'type' AND t.value = ?")
      .pluck()
      .get(uuid, id[1]) as number | undefined;
  }
  const order = 'ORDER BY (o.state & 15) <> 0, o.modified DESC, o.id LIMIT 1';
  for (const sql of [
    `SELECT o.id FROM object o WHERE o.external_id = ? ${order}`,
    `SELECT o.id FROM object o WHERE o.name = ? COLLATE NOCASE ${order}`,
    `SELECT o.id FROM alias a JOIN object o ON o.id = a.object WHERE a.name = ? ${order}`,
  ]) {
    const key = prepared(database, sql).pluck().get(text.trim()) as number | undefined;
    if (key !== undefined) return key;
  }
  return undefined;
}

/** The key of a relationship by its STIX id, whatever its state. */
export function relationshipKey(database: Database, id: string): number | undefined {
  const seed = prepared(database, "SELECT value FROM main.setting WHERE key = 'identity.seed'").pluck().get();
  const hash = createIdentityHash(String(seed));
  const code = hash.ofId(id);
  const rows = prepared(database, 'SELECT r.id, r.uuid FROM main.identity i JOIN main.relationship r ON r.id = i.id WHERE i.hash = ?').all(
    code,
  ) as {
    id: number;
    uuid: Buffer;
  }[];
  return rows.find(({ uuid }) => uuid.equals(hash.bytes))?.id;
}

/** Keys of the ids asked, in their order, and of the object types asked. Throws `not_found` for an id that is not here. */
export function resolveKeys(
  database: Database,
  { ids, types }: { ids: readonly string[]; types?: readonly string[] | undefined },
): { keys: number[]; typeKeys: number[] | undefined } {
  const keys = ids.map((id) => {
    const key = findKey(database, id);
    if (key === undefined) throw new ContractError('not_found', `There is no object ${id} in this workspace.`);
    return key;
  });
  if (!types?.length) return { keys, typeKeys: undefined };
  const typeKeys = prepared(database, "SELECT id FROM term WHERE kind = 'type' AND value IN (SELECT value FROM json_each(?))")
    .pluck()
    .all(JSON.stringify(types)) as number[];
  return { keys, typeKeys };
}
