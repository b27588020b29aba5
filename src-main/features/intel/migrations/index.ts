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
];
