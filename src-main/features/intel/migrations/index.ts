import type { Migration } from '#main/platform/database/migrate.ts';

export const intelMigrations: readonly Migration[] = [
  {
    id: 5,
    name: 'matches',
    up: `
CREATE TABLE intel_match (    -- derived from the graph: may be emptied and computed anew at any time
  asset INTEGER NOT NULL,     -- object.id of the asset, for targets of the organisation
  threat INTEGER NOT NULL,    -- object.id of the vulnerability, group or indicator
  kind INTEGER NOT NULL,      -- 0 vulnerability, 1 target, 2 indicator
  grade INTEGER NOT NULL,     -- 0 confirmed, 1 certain, 2 possible, 3 unsure
  priority INTEGER NOT NULL,  -- see shared/domain/intel/priority.ts; larger is more urgent
  decision INTEGER NOT NULL,  -- 0 defer to 3 immediate; -1 where SSVC does not apply
  kev INTEGER NOT NULL,
  exposure INTEGER NOT NULL,  -- 0 isolated to 3 internet; -1 where it is not known
  warned INTEGER NOT NULL,    -- 1 where a warninglist holds the value
  verdict INTEGER,            -- object.id of the opinion that judges it
  why TEXT NOT NULL,          -- JSON: reasons with the ids that they cite
  first_seen INTEGER NOT NULL, -- ms
  last_seen INTEGER NOT NULL,
  round INTEGER NOT NULL,     -- the computation that last confirmed it
  PRIMARY KEY (asset, threat, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX intel_match_threat ON intel_match (threat, kind);
-- Covers every filter, count and order but those by name, so that none of them reads the reasons.
CREATE INDEX intel_match_priority ON intel_match (warned, priority, verdict, decision, grade, kev, exposure, first_seen);
CREATE INDEX intel_match_round ON intel_match (round);
`,
  },
  {
    id: 7,
    name: 'match-counts',
    up: `
DROP INDEX intel_match_priority;
-- The order of the list as it is shown, from either end; beside it all that filters it, so that no reasons are read.
CREATE INDEX intel_match_urgent ON intel_match (warned, priority DESC, asset, threat, kind, verdict, decision, grade, kev, exposure, first_seen);
CREATE INDEX intel_match_asset ON intel_match (asset, warned, verdict, kind, priority, kev);
CREATE INDEX intel_match_exploited ON intel_match (threat, priority DESC, asset, kind, grade, kev, exposure, warned, verdict)
  WHERE kev = 1 AND kind = 0 AND exposure >= 2 AND grade <= 2 AND warned = 0 AND verdict IS NULL;
CREATE INDEX intel_match_target ON intel_match (threat, priority) WHERE kind = 1;
CREATE INDEX intel_match_new ON intel_match (first_seen) WHERE warned = 0 AND verdict IS NULL;
CREATE TABLE intel_count (    -- matches by all that has few values: kept by the triggers below
  kind INTEGER NOT NULL, warned INTEGER NOT NULL, judged INTEGER NOT NULL, decision INTEGER NOT NULL, grade INTEGER NOT NULL,
  kev INTEGER NOT NULL, exposure INTEGER NOT NULL, matches INTEGER NOT NULL,
  PRIMARY KEY (kind, warned, judged, decision, grade, kev, exposure)
) STRICT, WITHOUT ROWID;
INSERT INTO intel_count SELECT kind, warned, verdict IS NOT NULL, decision, grade, kev, exposure, count(*) FROM intel_match
  GROUP BY kind, warned, verdict IS NOT NULL, decision, grade, kev, exposure;
CREATE TRIGGER intel_match_in AFTER INSERT ON intel_match BEGIN
  INSERT INTO intel_count VALUES (new.kind, new.warned, new.verdict IS NOT NULL, new.decision, new.grade, new.kev, new.exposure, 1)
    ON CONFLICT DO UPDATE SET matches = matches + 1;
END;
CREATE TRIGGER intel_match_out AFTER DELETE ON intel_match BEGIN
  UPDATE intel_count SET matches = matches - 1 WHERE kind = old.kind AND warned = old.warned AND judged = (old.verdict IS NOT NULL)
    AND decision = old.decision AND grade = old.grade AND kev = old.kev AND exposure = old.exposure;
END;
CREATE TRIGGER intel_match_changed AFTER UPDATE OF warned, verdict, decision, grade, kev, exposure ON intel_match
  WHEN (new.warned, new.verdict IS NULL, new.decision, new.grade, new.kev, new.exposure)
    IS NOT (old.warned, old.verdict IS NULL, old.decision, old.grade, old.kev, old.exposure) BEGIN
  UPDATE intel_count SET matches = matches - 1 WHERE kind = old.kind AND warned = old.warned AND judged = (old.verdict IS NOT NULL)
    AND decision = old.decision AND grade = old.grade AND kev = old.kev AND exposure = old.exposure;
  INSERT INTO intel_count VALUES (new.kind, new.warned, new.verdict IS NOT NULL, new.decision, new.grade, new.kev, new.exposure, 1)
    ON CONFLICT DO UPDATE SET matches = matches + 1;
END;
`,
  },
];
