import type { Conflict, PropertyProvenance, Provenance } from '#shared/contract/knowledge.ts';
import { resolveOnBranch } from '#shared/domain/knowledge/branch.ts';
import { sameJson } from '#shared/domain/knowledge/canonical.ts';
import { compareDots, type Dot, dotText, resolve } from '#shared/domain/knowledge/merge.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { branchRecord } from '../branches/branches.ts';
import { rowOf, sha256, writesOf } from '../branches/writes.ts';
import { CLOCK_STEP } from '../log.ts';
import { asProvenance, PROVENANCE, type ProvenanceRow } from '../reads/entity.ts';
import { summaryOfObject } from './differences.ts';
import { keyOfAny } from './moments.ts';

const MOST_OTHERS = 20;

interface Said extends Dot {
  readonly value: Json | undefined;
  readonly op: number;
}

/** Of each property who or what set the value that stands: the newest operation that says it. */
export function propertyProvenance(
  database: Database,
  { id, branch: on }: { id: string; branch?: string | undefined },
): PropertyProvenance[] {
  const key = keyOfAny(database, id);
  const branch = on === undefined ? 0 : branchRecord(database, on).number;
  const writes = writesOf(database, key, { branch });
  const resolved = branch === 0 ? resolve(writes.main) : resolveOnBranch(writes.main, writes.branch, sha256);
  if (!resolved.object) return [];
  const wholes = [...writes.main.wholes, ...writes.branch.wholes].sort((a, b) => compareDots(b, a));
  const sets = [...writes.main.properties, ...writes.branch.properties].sort((a, b) => compareDots(b, a));
  const lost = new Set(resolved.conflicts.map((write) => write.key));
  const byOp = provenanceOf(database);
  return Object.keys(resolved.object)
    .sort()
    .map((property): PropertyProvenance => {
      const value = resolved.object?.[property] as Json;
      const said: Said[] = [
        ...sets.filter((write) => write.property === property).map(({ value, clock, device, key }) => ({ value, clock, device, op: key })),
        ...wholes.map(({ object, clock, device, key }) => ({
          value: Object.hasOwn(object, property) ? object[property] : undefined,
          clock,
          device,
          op: key,
        })),
      ];
      // Where several made the value together (united references, an edit's time), the newest that gave a part of it.
      const standing = resolved.standing;
      const setter = said.find((one) => sameJson(one.value, value)) ??
        (property === 'modified' && sets[0] ? { value, clock: sets[0].clock, device: sets[0].device, op: sets[0].key } : undefined) ??
        said.find((one) => one.value !== undefined) ?? {
          value,
          clock: standing?.clock ?? 0,
          device: standing?.device ?? '',
          op: standing?.key ?? 0,
        };
      const others = said.filter((one) => one !== setter && !sameJson(one.value, value)).sort((a, b) => compareDots(b, a));
      return {
        property,
        value,
        provenance: byOp(setter.op),
        others: others.slice(0, MOST_OTHERS).map((one) => ({
          ...(one.value !== undefined && { value: one.value }),
          provenance: byOp(one.op),
          lost: lost.has(one.op),
        })),
      };
    });
}

function provenanceOf(database: Database): (op: number) => Provenance {
  const known = new Map<number, Provenance>();
  const select = prepared(database, `${PROVENANCE} WHERE op.id = ?`);
  return (op) => {
    let one = known.get(op);
    if (!one) {
      const row = select.get(op) as ProvenanceRow | undefined;
      one = row ? asProvenance(row) : { source: 'unknown', kind: 'user', at: new Date(0).toISOString(), operation: '' };
      known.set(op, one);
    }
    return one;
  };
}

interface ConflictRow {
  readonly object: number;
  readonly property: string;
  readonly value: string | null;
  readonly clock: number;
  readonly device: string;
  readonly seq: number;
  readonly actor: string;
}

/** Values that lost to a concurrent one, newest first. */
export function conflicts(database: Database, { id, limit, offset }: { id?: string | undefined; limit: number; offset: number }) {
  const key = id === undefined ? null : keyOfAny(database, id);
  const from =
    'FROM main.conflict k JOIN main.op op ON op.id = k.op JOIN main.device d ON d.id = op.device WHERE (@key IS NULL OR k.object = @key)';
  const total = prepared(database, `SELECT count(*) ${from}`).pluck().get({ key }) as number;
  const rows = prepared(
    database,
    `SELECT k.object, k.property, k.value, op.clock, d.uuid AS device, op.seq, op.actor ${from} ORDER BY op.clock DESC, d.uuid LIMIT @limit OFFSET @offset`,
  ).all({ key, limit, offset }) as ConflictRow[];
  return {
    rows: rows.map((row): Conflict => {
      const { object, deleted } = resolve(writesOf(database, row.object).main);
      const standing = object?.[row.property];
      return {
        entity: summaryOfObject(database, object ?? { id: rowOf(database, row.object)?.id ?? '' }, deleted || !object),
        property: row.property,
        ...(standing !== undefined && { standing }),
        ...(row.value !== null && { lost: JSON.parse(row.value) as Json }),
        operation: `${row.device}:${row.seq}`,
        at: new Date(Math.floor(row.clock / CLOCK_STEP)).toISOString(),
        actor: row.actor,
      };
    }),
    shown: rows.length,
    total,
  };
}

/** The dots that a decision on a property replaces: all that stand beside each other, and the whole object's. */
export function headsOf(database: Database, key: number, property: string): string {
  const { main } = writesOf(database, key);
  const { standing } = resolve(main);
  const writes = main.properties.filter((write) => write.property === property);
  const replaced = new Set(writes.flatMap((write) => write.base?.split(' ') ?? []));
  const heads = writes.map(dotText).filter((dot) => !replaced.has(dot));
  return [...heads, ...(standing ? [dotText(standing)] : [])].join(' ');
}
