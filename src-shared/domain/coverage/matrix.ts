/** The ATT&CK matrix of one domain, put together from facts. */

export interface TacticFact {
  readonly id: string;
  readonly externalId: string;
  readonly shortName: string;
  readonly name: string;
}

export interface TechniqueFact {
  /** Any number that names it among the facts. */
  readonly key: number;
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  /** Short names of its tactics in this domain's kill chain; none where another's object says only the number. */
  readonly tactics: readonly string[];
  readonly platforms: readonly string[];
  /** Whether this is ATT&CK's own object and not another maker's with the same number. */
  readonly catalogue: boolean;
}

export interface UseFact {
  readonly technique: number;
  /** Any number that names the threat. */
  readonly threat: number;
  /**
   * `threat`: the workspace's own threat uses it; `report`: an own report names it; `known`: a threat that
   * only a pack holds uses it.
   */
  readonly by: 'threat' | 'report' | 'known';
}

export interface MatrixFacts {
  /** In the order of the matrix. */
  readonly tactics: readonly TacticFact[];
  readonly techniques: readonly TechniqueFact[];
  /** Sub-technique to technique, by key. */
  readonly parents: ReadonlyMap<number, number>;
  readonly uses: readonly UseFact[];
}

export interface Cell {
  readonly id: string;
  readonly externalId: string;
  readonly name: string;
  readonly usedBy: number;
  readonly usedByAll: number;
  readonly platforms: string[];
}

export interface AssembledMatrix {
  readonly tactics: (TacticFact & { readonly techniques: (Cell & { readonly subTechniques: Cell[] })[] })[];
  readonly techniques: number;
  readonly subTechniques: number;
  readonly used: number;
  readonly platforms: string[];
}

/**
 * Objects with one ATT&CK number are one cell, for others describe ATT&CK's techniques under ids of
 * their own. `usedBy` counts distinct own threats; where none uses it, the own reports that name it.
 * A technique stands in each of its tactics, its sub-techniques beneath it.
 */
export function assembleMatrix(facts: MatrixFacts): AssembledMatrix {
  const byNumber = new Map<string, TechniqueFact[]>();
  for (const technique of facts.techniques) {
    const number = technique.externalId.toUpperCase();
    byNumber.set(number, [...(byNumber.get(number) ?? []), technique]);
  }
  const isPlaced = (number: string) => byNumber.get(number)?.some(({ tactics }) => tactics.length > 0) === true;
  const counts = countUses(facts);
  const numberOfKey = new Map(facts.techniques.map(({ key, externalId }) => [key, externalId.toUpperCase()]));

  const techniques: { number: string; fact: TechniqueFact; cell: Cell; tactics: ReadonlySet<string> }[] = [];
  const parents = new Map<string, string>();
  for (const [number, same] of byNumber) {
    const placed = same.filter(({ tactics }) => tactics.length > 0);
    const fact = placed.sort((a, b) => Number(b.catalogue) - Number(a.catalogue) || a.key - b.key)[0];
    if (!fact) continue;
    const { usedBy, usedByAll } = counts.get(number) ?? { usedBy: 0, usedByAll: 0 };
    const platforms = [...fact.platforms].sort(compare);
    const cell = { id: fact.id, externalId: fact.externalId, name: fact.name, usedBy, usedByAll, platforms };
    techniques.push({ number, fact, cell, tactics: new Set(fact.tactics) });
    const parent = same.map(({ key }) => facts.parents.get(key)).find((key) => key !== undefined);
    const parentNumber = parent === undefined ? number.split('.')[0] : numberOfKey.get(parent);
    if (parentNumber !== undefined && parentNumber !== number && isPlaced(parentNumber)) parents.set(number, parentNumber);
  }

  const subTechniques = new Map<string, Cell[]>();
  for (const { number, cell } of techniques.toSorted((a, b) => compare(a.number, b.number))) {
    const parent = parents.get(number);
    if (parent !== undefined) subTechniques.set(parent, [...(subTechniques.get(parent) ?? []), cell]);
  }
  const top = techniques
    .filter(({ number }) => !parents.has(number))
    .sort((a, b) => compare(a.cell.name, b.cell.name) || compare(a.number, b.number));
  return {
    tactics: facts.tactics.map((tactic) => ({
      ...tactic,
      techniques: top
        .filter(({ tactics }) => tactics.has(tactic.shortName))
        .map(({ number, cell }) => ({ ...cell, subTechniques: subTechniques.get(number) ?? [] })),
    })),
    techniques: top.length,
    subTechniques: techniques.length - top.length,
    used: techniques.filter(({ cell }) => cell.usedBy > 0).length,
    platforms: [...new Set(techniques.flatMap(({ cell }) => cell.platforms))].sort(compare),
  };
}

function countUses(facts: MatrixFacts): Map<string, { usedBy: number; usedByAll: number }> {
  const numbers = new Map(facts.techniques.map(({ key, externalId }) => [key, externalId.toUpperCase()]));
  const found = new Map<string, { own: Set<number>; all: Set<number>; reports: Set<number> }>();
  for (const { technique, threat, by } of facts.uses) {
    const number = numbers.get(technique);
    if (number === undefined) continue;
    const sets = found.get(number) ?? { own: new Set(), all: new Set(), reports: new Set() };
    found.set(number, sets);
    if (by === 'report') {
      sets.reports.add(threat);
      continue;
    }
    sets.all.add(threat);
    if (by === 'threat') sets.own.add(threat);
  }
  return new Map(
    [...found].map(([number, { own, all, reports }]) => [number, { usedBy: own.size > 0 ? own.size : reports.size, usedByAll: all.size }]),
  );
}

/** By code unit, as ATT&CK's own lists: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
