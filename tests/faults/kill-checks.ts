import { basename } from 'node:path';
import type { GeneratedBundle } from './bundles.ts';
import type { Fact } from './kill-lines.ts';
import { type EngineClient, exported, importFiles, importNamed, openRaw, openWorld } from './world.ts';

export interface Remains {
  readonly dataDir: string;
  /** What was acknowledged and must hold. */
  readonly facts: ReadonlyMap<string, Fact>;
  /** What was asked but never acknowledged: either way is right. */
  readonly undecided: ReadonlySet<string>;
  /** The base first. */
  readonly bundles: readonly GeneratedBundle[];
  /** Imported again in the end, as a person would. */
  readonly resume: readonly GeneratedBundle[];
}

/** Opens what a killed engine left and names whatever is not as promised. */
export async function examine(remains: Remains): Promise<{ unfinished: number; gone: string[]; faults: string[] }> {
  const faults: string[] = [];
  let unfinished = 0;
  let gone: string[] = [];
  const world = await openWorld(remains.dataDir);
  const { client } = world;
  try {
    await quiet(client);
    const graph = await read(client);
    faults.push(...(await broken(client, graph, remains.facts)));
    for (const bundle of remains.bundles) {
      const records = await importNamed(client, basename(bundle.path));
      const here = bundle.ids.filter((id) => graph.has(id)).length;
      const missing = bundle.ids.filter(
        (id) => !graph.has(id) && remains.facts.get(`delete|${id}`) !== true && !remains.undecided.has(`delete|${id}`),
      );
      if (records.some(({ state }) => state === 'unfinished')) unfinished++;
      else if (records.some(({ state }) => state === 'running')) faults.push(`${basename(bundle.path)} is said to be running`);
      else if (records.some(({ state }) => state === 'done') && missing.length > 0)
        faults.push(`${basename(bundle.path)} is done, but ${missing.length} of its ${bundle.ids.length} objects are not here`);
      else if (!records.some(({ state }) => state === 'done') && here > 0)
        faults.push(`${here} objects of ${basename(bundle.path)} are here without an import that is done or unfinished`);
    }
    faults.push(...(await audit(client, 'after the kill')));

    for (const bundle of remains.resume) {
      const name = basename(bundle.path);
      const before = await importNamed(client, name);
      const cut = before.find(({ state }) => state === 'unfinished');
      const { reports } = await importFiles(client, [bundle.path]);
      const [report] = reports;
      if (report?.failure !== undefined) faults.push(`${name} cannot be imported again: ${report.failure}`);
      else if ((report?.created ?? 0) + (report?.updated ?? 0) + (report?.unchanged ?? 0) !== bundle.ids.length)
        faults.push(`${name} reports ${JSON.stringify({ ...report, loss: report?.loss.length })} for ${bundle.ids.length} objects`);
      const after = await importNamed(client, name);
      const record = cut ? after.find(({ importId }) => importId === cut.importId) : after[0];
      if (record?.state !== 'done') faults.push(`${name} is ${record?.state} after it was imported again`);
      if (cut && record?.created !== bundle.ids.length)
        faults.push(`${name} went on, but counts ${record?.created} created of ${bundle.ids.length}`);
      if (cut && after.length !== before.length) faults.push(`${name} did not go on: it has a second record`);
    }
    const whole = await read(client);
    gone = (remains.bundles[0]?.ids ?? []).filter((id) => !whole.has(id));
    for (const bundle of remains.resume) {
      const missing = bundle.ids.filter((id) => !whole.has(id));
      if (missing.length > 0) faults.push(`${missing.length} objects of ${basename(bundle.path)} are not here after it was imported again`);
    }
    const decided = new Map([...remains.facts].filter(([key]) => !remains.resume.some(({ path }) => key === `import|${path}`)));
    faults.push(...(await broken(client, whole, decided)).map((fault) => `after importing again: ${fault}`));
    faults.push(...(await audit(client, 'after importing again')));
  } finally {
    await world.close();
  }
  faults.push(...world.errors.map((error) => `the engine’s log: ${error}`));
  const raw = await openRaw(remains.dataDir);
  try {
    const check = raw.pragma('integrity_check', { simple: true });
    if (check !== 'ok') faults.push(`integrity_check: ${String(check)}`);
    raw.prepare("INSERT INTO search (search) VALUES ('integrity-check')").run();
    const left = raw.prepare('SELECT count(*) FROM undo_left').pluck().get();
    if (left !== 0) faults.push(`${String(left)} actions are still to be written anew`);
    const doubles = raw.prepare('SELECT count(*) FROM (SELECT 1 FROM object GROUP BY uuid, type HAVING count(*) > 1)').pluck().get();
    if (doubles !== 0) faults.push(`${String(doubles)} objects are here twice`);
  } finally {
    raw.close();
  }
  return { unfinished, gone, faults };
}

/** Waits for what the engine finishes by itself after opening. */
async function quiet(client: EngineClient): Promise<void> {
  while ((await client.jobs.list()).some(({ state }) => state === 'running')) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function read(client: EngineClient): Promise<Map<string, Record<string, unknown>>> {
  const objects = (await exported(client)).map((text) => JSON.parse(text) as Record<string, unknown>);
  const graph = new Map(objects.map((object) => [object['id'] as string, object]));
  if (graph.size !== objects.length) throw new Error('the export holds an id twice');
  return graph;
}

async function audit(client: EngineClient, when: string): Promise<string[]> {
  const { valid, problems } = await client.admin.verifyAudit();
  return valid ? [] : [`the audit chain is not valid ${when}: ${problems.join(' ')}`];
}

/** Which acknowledged facts do not hold. */
async function broken(client: EngineClient, graph: ReadonlyMap<string, Record<string, unknown>>, facts: ReadonlyMap<string, Fact>) {
  const lost: string[] = [];
  const notes = new Set<unknown>();
  const relations = new Set<unknown>();
  for (const object of graph.values()) {
    if (object['type'] === 'note') notes.add(object['content']);
    else if (object['type'] === 'relationship') relations.add(object['description']);
  }
  const tags = new Map<string, readonly string[]>();
  const imports = await client.knowledge.listImports();
  for (const [key, value] of facts) {
    const [kind, subject = '', detail = ''] = key.split('|');
    let holds: Fact | undefined;
    if (kind === 'tag') {
      if (!tags.has(subject)) tags.set(subject, (await client.knowledge.getEntity({ id: subject })).tags);
      holds = tags.get(subject)?.includes(detail) ?? false;
    } else if (kind === 'description') {
      const description = graph.get(subject)?.['description'];
      holds = typeof description === 'string' ? description : null;
    } else if (kind === 'note') holds = notes.has(subject);
    else if (kind === 'relate') holds = relations.has(subject);
    else if (kind === 'delete') holds = !graph.has(subject);
    else if (kind === 'import') holds = imports.some(({ file, state }) => file === basename(subject) && state === 'done');
    if (holds !== value) lost.push(`acknowledged ${key} = ${String(value)}, found ${String(holds)}`);
  }
  return lost;
}
