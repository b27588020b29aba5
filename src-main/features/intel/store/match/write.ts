import type { Database } from '#main/platform/database/database.ts';
import type { MatchRow } from './vulnerabilities.ts';

/** Vulnerability matches kept in all; past it the least urgent go, and the count of what fits stays. */
export const mostMatches = 250_000;
/** Matches kept of one asset. */
export const mostPerAsset = 2_000;
const SLICE = 2_000;

/** What is known of the last computation; in `setting` as JSON. */
export interface Computed {
  /** ms */
  readonly at: number;
  /** The graph's revision that the matches are good for. */
  readonly revision: number;
  readonly round: number;
  readonly found: number;
  /** The least priority that is kept; 0 where everything is. */
  readonly floor: number;
}

/** The write side of the matches. They are derived: no operation of the log speaks of them. */
export function createMatchStore(database: Database) {
  const upsert = database.prepare(
    `INSERT INTO intel_match (asset, threat, kind, grade, priority, decision, kev, exposure, warned, verdict, why, first_seen, last_seen, round)
     VALUES (@asset, @threat, @kind, @grade, @priority, @decision, @kev, @exposure, @warned, @verdict, @why, @now, @now, @round)
     ON CONFLICT (asset, threat, kind) DO UPDATE SET grade = excluded.grade, priority = excluded.priority, decision = excluded.decision,
       kev = excluded.kev, exposure = excluded.exposure, warned = excluded.warned, verdict = excluded.verdict, why = excluded.why,
       last_seen = excluded.last_seen, round = excluded.round`,
  );
  const selectSetting = database.prepare("SELECT value FROM setting WHERE key = 'intel.computed'").pluck();
  const writeSetting = database.prepare(
    "INSERT INTO setting (key, value) VALUES ('intel.computed', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  const selectRevision = database.prepare("SELECT value FROM setting WHERE key = 'graph.revision'").pluck();
  const count = database.prepare('SELECT ifnull(sum(matches), 0) FROM intel_count').pluck();
  const countKind = database.prepare('SELECT ifnull(sum(matches), 0) FROM intel_count WHERE kind = 0').pluck();
  const vulnerabilities = () => countKind.get() as number;
  const setVerdict = database.prepare('UPDATE intel_match SET verdict = ? WHERE asset = ? AND threat = ? AND kind = ?');
  const keysOf = {
    all: database.prepare(`SELECT asset, threat, kind FROM intel_match WHERE round < @round LIMIT ${SLICE}`).raw(),
    kind: database.prepare(`SELECT asset, threat, kind FROM intel_match WHERE round < @round AND kind = @kind LIMIT ${SLICE}`).raw(),
    threats: database
      .prepare(
        `SELECT m.asset, m.threat, m.kind FROM json_each(@keys) j CROSS JOIN intel_match m ON m.threat = j.value AND m.kind = 0 AND m.round < @round LIMIT ${SLICE}`,
      )
      .raw(),
    assets: database
      .prepare(
        `SELECT m.asset, m.threat, m.kind FROM json_each(@keys) j CROSS JOIN intel_match m ON m.asset = j.value AND m.kind = 0 AND m.round < @round LIMIT ${SLICE}`,
      )
      .raw(),
    below: database
      .prepare(`SELECT asset, threat, kind FROM intel_match WHERE warned = 0 AND priority < @floor AND kind = 0 LIMIT ${SLICE}`)
      .raw(),
    atFloor: database
      .prepare(
        `SELECT asset, threat, kind FROM intel_match WHERE warned = 0 AND priority = @floor AND kind = 0 ORDER BY threat DESC, asset DESC LIMIT @most`,
      )
      .raw(),
    crowded: database.prepare(`SELECT asset FROM intel_match GROUP BY asset HAVING count(*) > ${mostPerAsset}`).pluck(),
    beyond: database
      .prepare(
        `SELECT asset, threat, kind FROM intel_match WHERE asset = ? ORDER BY warned, priority DESC, threat LIMIT ${SLICE} OFFSET ${mostPerAsset}`,
      )
      .raw(),
  };
  const remove = database.prepare('DELETE FROM intel_match WHERE asset = ? AND threat = ? AND kind = ?');

  const removeAll = (keys: readonly [number, number, number][]) => {
    database.transaction(() => {
      for (const key of keys) remove.run(...key);
    })();
    return keys.length;
  };

  return {
    computed(): Computed | undefined {
      const value = selectSetting.get() as string | undefined;
      return value === undefined ? undefined : (JSON.parse(value) as Computed);
    },
    setComputed: (computed: Computed) => void writeSetting.run(JSON.stringify(computed)),
    revision: () => Number((selectRevision.get() as string | undefined) ?? 0),
    count: () => count.get() as number,
    /** Writes rows in slices of a transaction each; `breathe` lets others in between. */
    async put(rows: readonly MatchRow[], now: number, round: number, breathe: () => Promise<void>): Promise<void> {
      // In the order of the table: pages of it are then touched one after another.
      const sorted = rows.toSorted((a, b) => a.asset - b.asset || a.threat - b.threat);
      for (let from = 0; from < sorted.length; from += SLICE) {
        database.transaction(() => {
          for (const row of sorted.slice(from, from + SLICE)) upsert.run({ ...row, now, round });
        })();
        await breathe();
      }
    },
    /** Takes away what the round did not confirm: everything, of one kind, or the vulnerabilities of some threats or assets. */
    async sweep(
      round: number,
      scope: 'all' | { readonly kind: number } | { readonly threats: readonly number[] } | { readonly assets: readonly number[] },
      breathe: () => Promise<void>,
    ): Promise<void> {
      const next = () => {
        if (scope === 'all') return keysOf.all.all({ round });
        if ('kind' in scope) return keysOf.kind.all({ round, kind: scope.kind });
        if ('threats' in scope) return keysOf.threats.all({ round, keys: JSON.stringify(scope.threats) });
        return keysOf.assets.all({ round, keys: JSON.stringify(scope.assets) });
      };
      while (removeAll(next() as [number, number, number][]) > 0) await breathe();
    },
    /** Takes away vulnerabilities below a priority, and of each asset what is more than it may have. */
    async trim(floor: number, breathe: () => Promise<void>): Promise<void> {
      if (floor > 0) {
        while (removeAll(keysOf.below.all({ floor }) as [number, number, number][]) > 0) await breathe();
        for (let excess = vulnerabilities() - mostMatches; excess > 0; excess = vulnerabilities() - mostMatches) {
          if (removeAll(keysOf.atFloor.all({ floor, most: Math.min(SLICE, excess) }) as [number, number, number][]) === 0) break;
          await breathe();
        }
      }
      for (const asset of keysOf.crowded.all() as number[])
        while (removeAll(keysOf.beyond.all(asset) as [number, number, number][]) > 0) await breathe();
    },
    setVerdict: (asset: number, threat: number, kind: number, opinion: number | null) => void setVerdict.run(opinion, asset, threat, kind),
  };
}

export type MatchStore = ReturnType<typeof createMatchStore>;
