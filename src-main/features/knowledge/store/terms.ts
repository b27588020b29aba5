import { type Database, type Statement } from '#main/platform/database/database.ts';
import { type Tlp, tlpLevels } from '#shared/domain/knowledge/stix.ts';
import { tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';

export type TermKind = 'type' | 'relation' | 'common' | 'phase' | 'tactic' | 'platform' | 'tag';

/** Interned texts. Ids never change, so they may be kept for the life of the connection. */
export interface Terms {
  /** The id of a text, made if it is new. */
  intern(kind: TermKind, value: string): number;
  find(kind: TermKind, value: string): number | undefined;
  value(id: number): string;
  /** Index into tlpLevels of a term of kind `common`. */
  tlp(common: number): number | null;
  /** Forget what a rolled-back transaction interned. */
  reset(): void;
}

const MOST_KEPT = 50_000;

export function createTerms(database: Database): Terms {
  const ids: Readonly<Record<TermKind, Map<string, number>>> = {
    type: new Map(),
    relation: new Map(),
    common: new Map(),
    phase: new Map(),
    tactic: new Map(),
    platform: new Map(),
    tag: new Map(),
  };
  const values = new Map<number, string>();
  const levels = new Map<number, number | null>();
  const select: Statement = database.prepare('SELECT id FROM term WHERE kind = ? AND value = ?').pluck();
  const selectValue = database.prepare('SELECT value FROM term WHERE id = ?').pluck();
  const selectTlp = database.prepare('SELECT tlp FROM term WHERE id = ?').pluck();
  const insert = database.prepare('INSERT INTO term (kind, value, tlp) VALUES (?, ?, ?)');

  const find = (kind: TermKind, value: string): number | undefined => {
    const known = ids[kind].get(value);
    if (known !== undefined) return known;
    const id = select.get(kind, value) as number | undefined;
    if (id !== undefined) {
      if (ids[kind].size >= MOST_KEPT) ids[kind].clear();
      ids[kind].set(value, id);
    }
    return id;
  };

  return {
    find,
    intern(kind, value) {
      const known = find(kind, value);
      if (known !== undefined) return known;
      const id = Number(insert.run(kind, value, kind === 'common' ? tlpIndex(value) : null).lastInsertRowid);
      ids[kind].set(value, id);
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
    tlp(common) {
      let level = levels.get(common);
      if (level === undefined) {
        level = (selectTlp.get(common) as number | null | undefined) ?? null;
        if (levels.size >= MOST_KEPT) levels.clear();
        levels.set(common, level);
      }
      return level;
    },
    reset() {
      for (const known of Object.values(ids)) known.clear();
      values.clear();
      levels.clear();
    },
  };
}

function tlpIndex(common: string): number | null {
  const level: Tlp | undefined = tlpOfMarkings((JSON.parse(common) as JsonObject)['object_marking_refs']);
  return level ? tlpLevels.indexOf(level) : null;
}
