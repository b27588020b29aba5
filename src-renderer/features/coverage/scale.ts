import type { Matrix, MatrixCell } from '#shared/contract/coverage.ts';

/** Five steps of use; 0 is none. The bounds grow with the busiest technique, so that one scale serves few threats and many. */
export function scaleSteps(most: number): number[] {
  if (most <= 5) return [1, 2, 3, 4, 5].slice(0, Math.max(1, most));
  const root = Math.sqrt(most);
  const bounds = [1, 2, 3, 4, 5].map((step) => Math.max(step, Math.ceil(((step / 5) * root) ** 2)));
  return [1, ...bounds.slice(0, 4).map((bound, index) => Math.max(bound + 1, index + 2))];
}

/** The step (0 to 5) of a count, by the lower bounds of the steps. */
export function stepOf(count: number, bounds: readonly number[]): number {
  let step = 0;
  for (const bound of bounds) if (count >= bound) step++;
  // A short scale uses the strong end, so that a few threats still stand out.
  return step === 0 ? 0 : step + (5 - bounds.length);
}

export type CellLike = Pick<MatrixCell, 'usedBy' | 'usedByAll' | 'platforms' | 'id' | 'externalId' | 'name'>;

/** The highest count in a matrix, sub-techniques included. */
export function busiest(matrix: Matrix, count: (cell: CellLike) => number): number {
  let most = 0;
  for (const tactic of matrix.tactics)
    for (const technique of tactic.techniques)
      for (const cell of [technique, ...technique.subTechniques]) most = Math.max(most, count(cell));
  return most;
}

/** One place a key can stand on: a column, a row in it and the cell that is there. */
export interface Place {
  readonly cell: CellLike;
  readonly parent: MatrixCell | undefined;
  readonly technique: MatrixCell;
}

/** The columns as they are drawn: techniques, and the sub-techniques of those that are opened. */
export function layOut(matrix: Matrix, opened: ReadonlySet<string>, keep: (cell: CellLike) => boolean): Place[][] {
  return matrix.tactics.map((tactic) =>
    tactic.techniques
      .filter((technique) => keep(technique) || technique.subTechniques.some(keep))
      .flatMap((technique): Place[] => [
        { cell: technique, parent: undefined, technique },
        ...(opened.has(`${tactic.id} ${technique.id}`)
          ? technique.subTechniques.filter(keep).map((cell) => ({ cell, parent: technique, technique }))
          : []),
      ]),
  );
}
