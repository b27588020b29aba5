import type { Database } from '#main/platform/database/database.ts';
import { prepared } from '#main/platform/database/sql.ts';
import { termId, termIds } from '../graph.ts';

/** What of the matches a change of the graph touches. */
export interface Scope {
  readonly threats: number[];
  readonly assets: number[];
  readonly targets: boolean;
  readonly indicators: boolean;
}

const targetTypes = new Set(['intrusion-set', 'threat-actor', 'campaign', 'malware', 'tool', 'incident', 'identity', 'location']);
const indicatorTypes = new Set(['indicator', 'ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'x-redoubt-warninglist']);
const upwards = 8;

/** `changed`: keys of objects and of ends of edges that were written; `referred`: keys that notes and opinions name. */
export function matchScope(database: Database, { changed, referred }: { changed: readonly number[]; referred: readonly number[] }): Scope {
  const typed = (keys: readonly number[]) =>
    prepared(
      database,
      'SELECT o.id, t.value AS type FROM json_each(?) j CROSS JOIN object o ON o.id = j.value JOIN term t ON t.id = o.type',
    ).all(JSON.stringify(keys)) as { id: number; type: string }[];
  const threats = new Set<number>();
  const assets = new Set<number>();
  const software = new Set<number>();
  let targets = false;
  let indicators = false;
  for (const { id, type } of typed(changed)) {
    if (type === 'vulnerability') threats.add(id);
    else if (type === 'x-redoubt-asset') assets.add(id);
    else if (type === 'software') software.add(id);
    targets ||= targetTypes.has(type) || type === 'x-redoubt-asset';
    indicators ||= indicatorTypes.has(type) || type === 'x-redoubt-asset';
  }
  for (const { id, type } of typed(referred)) {
    if (type === 'vulnerability') threats.add(id);
    targets ||= targetTypes.has(type);
    indicators ||= indicatorTypes.has(type);
  }
  for (const asset of runnersOf(database, software)) assets.add(asset);
  return { threats: [...threats], assets: [...assets], targets, indicators };
}

/** Assets that run some software or anything that depends on it. */
export function runnersOf(database: Database, software: ReadonlySet<number>): number[] {
  if (software.size === 0) return [];
  const dependsOn = termId(database, 'relation', 'depends-on');
  const above = prepared(database, 'SELECT DISTINCT e.src FROM json_each(?) f CROSS JOIN edge e ON e.dst = f.value AND e.type = ?').pluck();
  const all = new Set(software);
  let front = [...software];
  for (let step = 0; step < upwards && front.length > 0 && dependsOn >= 0; step++) {
    front = (above.all(JSON.stringify(front), dependsOn) as number[]).filter((key) => !all.has(key));
    for (const key of front) all.add(key);
  }
  return prepared(
    database,
    `SELECT DISTINCT a.id FROM json_each(?) f CROSS JOIN edge e ON e.dst = f.value AND e.type IN (SELECT value FROM json_each(?))
     CROSS JOIN object a ON a.id = e.src AND a.type = ?`,
  )
    .pluck()
    .all(
      JSON.stringify([...all]),
      JSON.stringify(termIds(database, 'relation', ['runs', 'consists-of', 'has'])),
      termId(database, 'type', 'x-redoubt-asset'),
    ) as number[];
}
