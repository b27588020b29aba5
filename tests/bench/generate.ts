import type { StixObject } from '#shared/domain/knowledge/stix.ts';

/** A small repeatable random source (mulberry32), so that every run measures the same graph. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const types = ['indicator', 'malware', 'attack-pattern', 'x-redoubt-asset', 'vulnerability', 'infrastructure', 'intrusion-set'] as const;
const relations = ['uses', 'indicates', 'targets', 'related-to', 'has', 'communicates-with'] as const;
const words =
  'access actor admin alert asset audit beacon block cloud code cred data deny drop dump edge exfil file flow hash host key lateral leak link load log mail mesh node patch path port probe proxy ransom relay root scan script server shell spray stage store token trace tunnel user vault web zone'.split(
    ' ',
  );

function uuid(random: () => number): string {
  const hex = () =>
    Math.floor(random() * 65_536)
      .toString(16)
      .padStart(4, '0');
  return `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-a${hex().slice(1)}-${hex()}${hex()}${hex()}`;
}

/** As a parser leaves it: every text in one piece and with no other object's text shared, as when it came from a file. */
const parsed = (object: StixObject): StixObject => JSON.parse(JSON.stringify(object)) as StixObject;

/** A text put together from parts keeps all the parts until it is copied. */
const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

/** A scale-free graph of STIX 2.1 objects: names, descriptions, markings, times; every relationship an object of its own. */
export function generateGraph(nodes: number, relationships: number, seed = 42) {
  const random = seeded(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const creator = `identity--${uuid(random)}`;
  const marking = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
  const base = Date.UTC(2024, 0, 1);
  const time = () => new Date(base + Math.floor(random() * 60_000_000_000)).toISOString();
  const ids = Array.from({ length: nodes }, (_, index) => flat(`${types[index % types.length]}--${uuid(random)}`));

  function* objects(): Generator<StixObject> {
    for (const [index, id] of ids.entries()) {
      const type = types[index % types.length] as string;
      const created = time();
      yield parsed({
        type,
        spec_version: '2.1',
        id,
        created_by_ref: creator,
        created,
        modified: created,
        object_marking_refs: [marking],
        name: `${pick(words)} ${pick(words)} ${index}`,
        description: Array.from({ length: 12 }, () => pick(words)).join(' '),
      });
    }
  }
  function* edges(): Generator<StixObject> {
    for (let index = 0; index < relationships; index++) {
      const created = time();
      // Preferential by squaring: low indexes become hubs.
      const target = Math.floor(random() ** 2 * nodes);
      const source = Math.floor(random() * nodes);
      yield parsed({
        type: 'relationship',
        spec_version: '2.1',
        id: `relationship--${uuid(random)}`,
        created_by_ref: creator,
        created,
        modified: created,
        object_marking_refs: [marking],
        relationship_type: pick(relations),
        source_ref: ids[source] as string,
        target_ref: ids[target === source ? (target + 1) % nodes : target] as string,
      });
    }
  }
  return { ids, objects, edges };
}
