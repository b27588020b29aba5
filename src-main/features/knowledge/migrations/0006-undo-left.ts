/**
 * What an undo or redo has left to write anew is a place in the log of its action, not a list of all its
 * objects (docs/adr/0016). Of one that was cut off before this step, all is written anew.
 */
export const undoLeft = `
CREATE TABLE undo_left (
  action TEXT NOT NULL UNIQUE,
  op INTEGER                -- the operation up to which all objects and edges are written anew; NULL: none yet
) STRICT;
INSERT INTO undo_left (action) SELECT DISTINCT action FROM op WHERE kind NOT IN ('undo', 'audit') AND (object IN (SELECT object FROM unsettled)
  OR id IN (SELECT o.op FROM object o JOIN unsettled u ON u.object = o.id UNION SELECT r.op FROM relationship r JOIN unsettled u ON u.object = r.id
    UNION SELECT v.op FROM version v JOIN unsettled u ON u.object = v.object));
DROP TABLE unsettled;
`;
