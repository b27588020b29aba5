import { describeType } from './headline-leads.ts';
import { clauseFor, clip, counted, month, noun, thousands } from './headline-words.ts';
import type { StixObject } from './stix.ts';

export interface NeighbourCount {
  /** A relationship type, or the property of an embedded reference (`x_mitre_analytic_refs`). */
  readonly relationshipType: string;
  readonly direction: 'out' | 'in';
  /** Type of the object at the other end. */
  readonly type: string;
  readonly count: number;
}

/**
 * What a headline is computed from. All but `type` and `neighbours` may be absent: what is not
 * known is not said.
 */
export interface HeadlineFacts {
  readonly type: string;
  /** The standing version; absent where the entity is only named by others. */
  readonly object?: StixObject;
  /** Live neighbours, as in `Entity.neighbours`. */
  readonly neighbours: readonly NeighbourCount[];
  /** Name of the technique that this one is a sub-technique of (`subtechnique-of`, out). */
  readonly parent?: string;
  /** Names of the tactics by kill-chain phase, in any order; their short names stand in. */
  readonly tactics?: readonly string[];
  /** Of those that use it (`uses`, in): the one last seen, or where none says so, last modified. */
  readonly latestUser?: { readonly name: string; readonly lastSeen?: string; readonly modified?: string };
  /** Name of what replaced it (`revoked-by`, out). */
  readonly replacedBy?: string;
  /** Names of the ids that `headlineReferences` asks for. */
  readonly names?: Readonly<Record<string, string>>;
  /** Of an asset's vulnerabilities (`has`, out): how many are known to be exploited. */
  readonly exploited?: number;
}

/** The ids whose names make a headline better: a relationship's ends, a flow's, what a sighting is of. At most 2. */
export function headlineReferences(object: StixObject): string[] {
  const properties = ['source_ref', 'target_ref', 'sighting_of_ref', 'from_ref', 'to_ref', 'object_ref'];
  const ids = properties.map((property) => (Object.hasOwn(object, property) ? object[property] : undefined));
  return ids.filter((id) => typeof id === 'string' && id.includes('--')).slice(0, 2) as string[];
}

/**
 * One English sentence about an entity, from its facts alone: what it is, then how it is related.
 * Never empty, whatever the object holds.
 */
export function headline(facts: HeadlineFacts): string {
  const lead = facts.object
    ? describeType(facts, facts.object)
    : `${noun(facts.type)} that others name and that is not itself in the workspace`;
  const retired = facts.object ? retirement(facts, facts.object) : undefined;
  const parts = [retired ? `${retired.before} ${lead}${retired.after}` : lead, ...relations(facts)];
  const sentence = parts.filter((part) => part !== '').join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${/[.!?…]$/.test(sentence) ? '' : '.'}`;
}

function retirement(facts: HeadlineFacts, object: StixObject): { before: string; after: string } | undefined {
  if (object.revoked === true) return { before: 'revoked', after: facts.replacedBy ? `, replaced by ${clip(facts.replacedBy)}` : '' };
  if (object.x_mitre_deprecated === true) return { before: 'deprecated', after: '' };
  return undefined;
}

/** The counts of neighbours as clauses: same relationship and direction together, types by number. */
function relations(facts: HeadlineFacts): string[] {
  const groups = new Map<string, NeighbourCount[]>();
  for (const neighbour of facts.neighbours) {
    if (!(neighbour.count > 0)) continue;
    const key = `${neighbour.direction} ${neighbour.relationshipType}`;
    groups.set(key, [...(groups.get(key) ?? []), neighbour]);
  }
  const clauses: { order: number; text: string }[] = [];
  for (const members of groups.values()) {
    const { relationshipType, direction } = members[0] as NeighbourCount;
    const clause = clauseFor(relationshipType, direction);
    if (!clause) continue;
    const sorted = members.toSorted(
      (a, b) => rank(a.type, direction) - rank(b.type, direction) || b.count - a.count || (a.type < b.type ? -1 : 1),
    );
    const special: readonly [string, string] | undefined =
      relationshipType === 'subtechnique-of' ? ['sub-technique', 'sub-techniques'] : undefined;
    const things = together(sorted.map(({ count, type }) => ({ count, text: counted(count, type, special) })));
    const text = [clause.before, things, clause.after ?? ''].filter((piece) => piece !== '').join(' ');
    clauses.push({ order: clause.order, text: `${text}${qualify(facts, sorted)}` });
  }
  if (clauses.length === 0 && isLonely(facts)) return ['not yet related to anything'];
  return clauses.sort((a, b) => a.order - b.order || (a.text < b.text ? -1 : 1)).map(({ text }) => text);
}

/** A live entity that could be related and is not; of a retired one nothing is said, for its relationships do not stand. */
function isLonely({ type, object, neighbours }: HeadlineFacts): boolean {
  const retired = object?.revoked === true || object?.x_mitre_deprecated === true;
  return object !== undefined && !retired && neighbours.length === 0 && !relationObjects.has(type);
}

const relationObjects = new Set(['relationship', 'sighting', 'marking-definition', 'extension-definition', 'x-mitre-collection']);

const actors = ['intrusion-set', 'threat-actor', 'campaign', 'malware', 'tool', 'attack-pattern', 'vulnerability'];

/** Who acts comes before what they act with; of what is acted upon or with, techniques come first. */
function rank(type: string, direction: 'out' | 'in'): number {
  if (direction === 'out' && type === 'attack-pattern') return -1;
  const index = actors.indexOf(type);
  return index < 0 ? actors.length : index;
}

function together(things: readonly { count: number; text: string }[]): string {
  const shown = things.slice(0, 4).map(({ text }) => text);
  const rest = things.slice(4).reduce((sum, { count }) => sum + count, 0);
  if (rest > 0) shown.push(`${rest} more`);
  const last = shown.pop() ?? '';
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last;
}

/** Who used it last, and how many of its vulnerabilities are exploited. `members`: neighbours of one relationship and direction. */
function qualify(facts: HeadlineFacts, members: readonly NeighbourCount[]): string {
  const { relationshipType, direction } = members[0] as NeighbourCount;
  if (relationshipType === 'uses' && direction === 'in' && facts.latestUser) {
    const { name, lastSeen, modified } = facts.latestUser;
    const only = members.reduce((sum, { count }) => sum + count, 0) === 1;
    const seen = month(lastSeen);
    if (only) return `, ${clip(name)}${seen ? ` (${seen})` : ''}`;
    if (seen) return `, most recently ${clip(name)} (${seen})`;
    const changed = month(modified);
    if (changed) return `, most recently updated ${clip(name)} (${changed})`;
  }
  if (relationshipType === 'has' && direction === 'out' && facts.exploited !== undefined && facts.exploited > 0)
    return `, ${thousands(facts.exploited)} known to be exploited`;
  return '';
}
