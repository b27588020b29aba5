/** What is ticked in a long list: some rows by id, or all that pass the filters. */
export type Selection =
  | { readonly all: true }
  | { readonly all: false; readonly ids: ReadonlySet<string> /** Where a range with Shift begins. */; readonly anchor: number };

export const nothing: Selection = { all: false, ids: new Set(), anchor: -1 };

export const isPicked = (selection: Selection, id: string): boolean => selection.all || selection.ids.has(id);

export const countOf = (selection: Selection, total: number): number => (selection.all ? total : selection.ids.size);

/**
 * Ticks or unticks one row. From “all” this begins anew with the one row: which of the others were meant is
 * not known here.
 */
export function toggle(selection: Selection, id: string, index: number): Selection {
  const ids = new Set(selection.all ? [] : selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { all: false, ids, anchor: index };
}

/** Ticks all from the anchor to here, both included; `missing` are rows between that are not loaded. */
export function extend(
  selection: Selection,
  to: number,
  idOf: (index: number) => string | undefined,
): { selection: Selection; missing: number } {
  const anchor = selection.all || selection.anchor < 0 ? to : selection.anchor;
  const ids = new Set(selection.all ? [] : selection.ids);
  let missing = 0;
  for (let index = Math.min(anchor, to); index <= Math.max(anchor, to); index++) {
    const id = idOf(index);
    if (id === undefined) missing++;
    else ids.add(id);
  }
  return { selection: { all: false, ids, anchor }, missing };
}
