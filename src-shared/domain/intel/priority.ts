/** SSVC's outcomes for those who deploy patches, least urgent first. */
export const decisions = ['defer', 'scheduled', 'out-of-cycle', 'immediate'] as const;
export type Decision = (typeof decisions)[number];

/** How sure a match is, surest first. */
export const grades = ['confirmed', 'certain', 'possible', 'unsure'] as const;
export type Grade = (typeof grades)[number];

/*
 * CERT/CC's deployer tree, "Deployer Patch Application Priority" 1.0.0 of SSVC: a row for each of exploitation (none,
 * public PoC, active) and exposure (small, controlled, open); in it automatable (no, yes) by human impact (low to very high).
 */
const tree = ['ddssdsss', 'dsssssss', 'dsssssso', 'dsssssss', 'dsssssso', 'sssossoo', 'ssoosooo', 'ssoooooo', 'sooiooii'];

export interface Situation {
  /** `undefined`: nothing is said. */
  readonly exploitation: 'none' | 'poc' | 'active' | undefined;
  readonly exposure: 'internet' | 'partner' | 'internal' | 'isolated' | undefined;
  readonly automatable: boolean | undefined;
  /** 1 (least) to 5 (most). */
  readonly criticality: number | undefined;
}

const exploitations = { none: 0, poc: 1, active: 2 } as const;
/** SSVC's system exposure: small, controlled, open. */
const exposures = { isolated: 0, internal: 1, partner: 1, internet: 2 } as const;

/**
 * SSVC's decision. What is not known is taken so: no exploitation that nobody reports; open to everyone; automatable;
 * a medium impact. Criticality stands for human impact: 1 and 2 low, 3 medium, 4 high, 5 very high.
 */
export function decide({ exploitation, exposure, automatable, criticality }: Situation): Decision {
  const row = exploitations[exploitation ?? 'none'] * 3 + (exposure === undefined ? 2 : exposures[exposure]);
  const impact = Math.max(0, Math.min(3, (criticality ?? 3) - 2));
  const letter = tree[row]?.[((automatable ?? true) ? 4 : 0) + impact];
  return decisions.find((decision) => decision[0] === letter) ?? 'scheduled';
}

export interface PriorityParts extends Situation {
  readonly decision: Decision;
  readonly grade: Grade;
  readonly kev: boolean;
  readonly ransomware: boolean;
  /** CVSS base score, 0 to 10. */
  readonly cvss: number | undefined;
}

/**
 * One number whose order is: SSVC's decision, how sure the match is, known exploited, known in ransomware, CVSS base
 * score, criticality; nothing is weighed against anything else.
 */
export function priorityNumber(parts: Omit<PriorityParts, 'exploitation' | 'exposure' | 'automatable'>): number {
  const score = Math.round(Math.max(0, Math.min(10, parts.cvss ?? 0)) * 10);
  const digits: readonly [value: number, base: number][] = [
    [decisions.indexOf(parts.decision), 4],
    [grades.length - 1 - grades.indexOf(parts.grade), 4],
    [parts.kev ? 1 : 0, 2],
    [parts.ransomware ? 1 : 0, 2],
    [score, 128],
    [Math.max(0, Math.min(5, parts.criticality ?? 0)), 8],
  ];
  return digits.reduce((number, [value, base]) => number * base + value, 0);
}
