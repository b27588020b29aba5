/** Bits of `object.state` and `relationship.state`. An object is live when none of RETIRED is set. */
export const MISSING = 1;
export const REVOKED = 2;
export const DEPRECATED = 4;
export const DELETED = 8;
/** Facts only, from a pack. */
export const PARTIAL = 16;
/** Property edits stand over the whole-object write, which is kept in `version`. */
export const EDITED = 32;
/** Single operations about it stand in the log. */
export const TOUCHED = 64;
/** `name` is the object's own property `name` (NAMED) or `value` (VALUED), and is not repeated in `rest`. */
export const NAMED = 128;
export const VALUED = 256;
/** A layer over what stands (shared/domain/knowledge/layers.ts), not a whole object. */
export const LAYER = 512;
/** With MISSING: what was taken back is still in the row, for a redo; the row's `rest` says all of an object. */
export const KEPT = 1024;
/** The row holds a whole-object write, standing or taken back, as it was written. */
export const isHeld = (state: number): boolean => !(state & EDITED) && (state & (MISSING | KEPT)) !== MISSING;
/** `isHeld` over a column. */
export const heldSql = (state: string): string => `(${state} & ${EDITED}) = 0 AND (${state} & ${MISSING | KEPT}) <> ${MISSING}`;

/** Bits of `version.flags`: what kind of write it is. */
export const flagsOf = ({ partial, merge }: { readonly partial?: boolean; readonly merge?: boolean }): number =>
  (partial ? 1 : 0) | (merge ? 2 : 0);
export const partialOf = (flags: number): boolean => (flags & 1) !== 0;
export const mergeOf = (flags: number): boolean => (flags & 2) !== 0;

export const RETIRED = MISSING | REVOKED | DEPRECATED | DELETED;
