import type { ImportRecord, Loss, Provenance, Rejection } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';

/** What is known of an import before it starts. */
export interface ImportStart {
  readonly kind: Provenance['kind'];
  readonly source: string;
  readonly format: string;
  readonly sha256: string;
}

export interface ImportCounts {
  created: number;
  updated: number;
  unchanged: number;
}

/** The record of imports: what came when from where, and what of it was refused or lost. */
export function createImports(database: Database, options: { now: () => number; newId: () => string }) {
  const insert = database.prepare(
    "INSERT INTO import (uuid, kind, source, format, sha256, started, state) VALUES (?, ?, ?, ?, ?, ?, 'running')",
  );
  const selectUnfinished = database.prepare("SELECT id, uuid FROM import WHERE sha256 = ? AND source = ? AND state = 'running'");
  const addCounts = database.prepare(
    'UPDATE import SET created = created + ?, updated = updated + ?, unchanged = unchanged + ?, rejected = rejected + ?, lost = lost + ? WHERE id = ?',
  );
  const finish = database.prepare('UPDATE import SET state = ?, finished = ? WHERE id = ?');
  const setState = database.prepare('UPDATE import SET state = ?, finished = ? WHERE uuid = ?');
  const insertIssue = database.prepare('INSERT INTO import_issue (import, kind, id, path, what) VALUES (?, ?, ?, ?, ?)');
  const deleteIssues = database.prepare('DELETE FROM import_issue WHERE import = ?');
  const resetCounts = database.prepare('UPDATE import SET unchanged = 0, rejected = 0, lost = 0 WHERE id = ?');
  const resetWritten = database.prepare('UPDATE import SET created = 0, updated = 0 WHERE id = ?');
  const selectAll = database.prepare('SELECT * FROM import ORDER BY id DESC');
  const selectAction = database.prepare('SELECT action FROM op WHERE import = ? AND undone = 0 ORDER BY id LIMIT 1').pluck();
  const selectByAction = database.prepare('SELECT i.uuid FROM op JOIN import i ON i.id = op.import WHERE op.action = ? LIMIT 1').pluck();

  /** Imports that this process is running now; all others in state `running` were cut off. */
  const live = new Set<number>();

  const selectBranch = database
    .prepare(
      "SELECT (SELECT c.value FROM op c WHERE c.branch = op.branch AND c.kind = 'branch' AND c.property = 'create' LIMIT 1) FROM op WHERE op.import = ? AND op.branch <> 0 LIMIT 1",
    )
    .pluck();
  const branchOf = (key: number): string | undefined => {
    const made = selectBranch.get(key) as string | null | undefined;
    return made ? String((JSON.parse(made) as { id?: unknown }).id) : undefined;
  };

  return {
    live,
    /** The record of one that is written as a whole within the caller's transaction: nothing of it can be cut off. */
    record(start: ImportStart): { key: number; uuid: string } {
      const uuid = options.newId();
      const { kind, source, format, sha256 } = start;
      return { key: Number(insert.run(uuid, kind, source, format, sha256, options.now()).lastInsertRowid), uuid };
    },
    /** Begins an import, or goes on with the one of the same content that was cut off. */
    begin(start: ImportStart): { key: number; uuid: string; action: string | undefined } {
      const unfinished = selectUnfinished.get(start.sha256, start.source) as { id: number; uuid: string } | undefined;
      if (unfinished && !live.has(unfinished.id)) {
        live.add(unfinished.id);
        deleteIssues.run(unfinished.id);
        resetCounts.run(unfinished.id);
        const action = selectAction.get(unfinished.id) as string | undefined;
        // Cut off while a cancel took it back: what it had written is gone, and what comes now is an action of its own.
        if (action === undefined) resetWritten.run(unfinished.id);
        return { key: unfinished.id, uuid: unfinished.uuid, action };
      }
      const uuid = options.newId();
      const key = Number(insert.run(uuid, start.kind, start.source, start.format, start.sha256, options.now()).lastInsertRowid);
      live.add(key);
      return { key, uuid, action: undefined };
    },
    /** Part of the chunk's own transaction, so that counts and objects stand or fall together. */
    count(key: number, counts: ImportCounts, rejected: readonly Rejection[], losses: readonly Loss[]) {
      addCounts.run(counts.created, counts.updated, counts.unchanged, rejected.length, losses.length, key);
      for (const { id, path, reason } of rejected) insertIssue.run(key, 'rejected', id ?? null, path, reason);
      for (const { id, path, what } of losses) insertIssue.run(key, 'loss', id ?? null, path, what);
    },
    finish(key: number, state: 'done' | 'undone') {
      finish.run(state, options.now(), key);
    },
    /** The UUID of the import that an action of the history was. */
    ofAction: (action: string) => selectByAction.get(action) as string | undefined,
    setState: (uuid: string, state: 'done' | 'undone') => void setState.run(state, options.now(), uuid),
    list(): ImportRecord[] {
      return (selectAll.all() as ImportRow[]).map((row) => ({
        importId: row.uuid,
        branch: branchOf(row.id),
        action: selectAction.get(row.id) as string | undefined,
        file: row.source,
        format: row.format,
        kind: row.kind,
        state: row.state === 'running' ? (live.has(row.id) ? 'running' : 'unfinished') : row.state,
        startedAt: new Date(row.started).toISOString(),
        ...(row.finished !== null && { finishedAt: new Date(row.finished).toISOString() }),
        sha256: row.sha256,
        created: row.created,
        updated: row.updated,
        unchanged: row.unchanged,
        rejected: row.rejected,
        lost: row.lost,
      }));
    },
  };
}

export type Imports = ReturnType<typeof createImports>;

interface ImportRow {
  id: number;
  uuid: string;
  kind: Provenance['kind'];
  source: string;
  format: string;
  sha256: string;
  started: number;
  finished: number | null;
  state: 'running' | 'done' | 'undone';
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  lost: number;
}
