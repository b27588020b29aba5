import { type Database, type Statement } from '#main/platform/database/database.ts';
import { type Tlp, tlpLevels } from '#shared/domain/knowledge/stix.ts';
import { tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';

export type TermKind = 'type' | 'relation' | 'common' | 'phase' | 'platform' | 'tag';

/** Interned texts. Ids never change, so they may be kept for the life of the connection. */
export interface Terms {
  /** The id of a text, made if it is new. */
  intern(kind: TermKind, value: string): number;
  find(kind: TermKind, value: string): number | undefined;
  value(id: number): string;
  /** Forget what a rolled-back transaction interned. */
  reset(): void;
}

const MOST_KEPT = 50_000;

export function createTerms(database: Database): Terms {
  const ids = new Map<string, number>();
  const values = new Map<number, string>();
  const select: Statement = database.prepare('SELECT id FROM term WHERE kind = ? AND value = ?').pluck();
  const selectValue = database.prepare('SELECT value FROM term WHERE id = ?').pluck();
  const insert = database.prepare('INSERT INTO term (kind, value, tlp) VALUES (?, ?, ?)');

  const find = (kind: TermKind, value: string): number | undefined => {
    const key = kind + value;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = select.get(kind, value) as number | undefined;
    if (id !== undefined) {
      if (ids.size >= MOST_KEPT) ids.clear();
      ids.set(key, id);
    }
    return id;
  };

  return {
    find,
    intern(kind, value) {
      const known = find(kind, value);
      if (known !== undefined) return known;
      const id = Number(insert.run(kind, value, kind === 'common' ? tlpIndex(value) : null).lastInsertRowid);
      ids.set(kind + value, id);
      return id;
    },
    value(id) {
      let value = values.get(id);
      if (value === undefined) {
        value = selectValue.get(id) as string | undefined;
        if (value === undefined) throw new Error(`there is no term ${id}`);
        if (values.size >= MOST_KEPT) values.clear();
        values.set(id, value);
      }
      return value;
    },
    reset() {
      ids.clear();
      values.clear();
    },
  };
}

function tlpIndex(common: string): number | null {
  const level: Tlp | undefined = tlpOfMarkings((JSON.parse(common) as JsonObject)['object_marking_refs']);
  return level ? tlpLevels.indexOf(level) : null;
}
