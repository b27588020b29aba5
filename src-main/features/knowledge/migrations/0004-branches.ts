/**
 * Branches and moments in the past are readings of the log, so they need no tables: only ways to the
 * operations of a branch, to the newest word on an action, and to what came after a clock.
 */
export const branches = `
CREATE INDEX op_branch ON op (branch, kind, object) WHERE branch <> 0;
CREATE INDEX op_undo ON op (property, clock) WHERE kind = 'undo';
CREATE INDEX op_clock ON op (clock);
`;
