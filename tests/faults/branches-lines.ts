import { type EngineClient, exported } from './world.ts';

export interface BranchesLife {
  readonly seed: number;
  readonly dataDir: string;
  /** Whether each acknowledgement carries the whole state; a life that is killed does not stop to read it. */
  readonly measure: boolean;
}

/** Objects of the workspace that branches are made over. */
export const objects = 60;

const page = { limit: 500, offset: 0 };

/**
 * All that main, the history and every branch say, without ids and times that are made anew in
 * each life: two lives of one seed come to the same text after the same step.
 */
export async function stateOf(client: EngineClient): Promise<string> {
  const { knowledge } = client;
  const graph = (await exported(client))
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .map(({ type, name, description, labels, content, relationship_type, source_ref, target_ref }) =>
      JSON.stringify({ type, name, description, labels, content, relationship_type, source_ref, target_ref }),
    )
    .sort();
  const { rows: history } = await knowledge.listHistory(page);
  const { rows: branches } = await knowledge.listBranches(page);
  const shown = [];
  for (const { id, name, description, state, objects: about } of branches) {
    const { counts } = await knowledge.getBranch({ branch: id });
    const { rows } = await knowledge.getBranchChanges({ branch: id, ...page });
    shown.push({
      name,
      description,
      state,
      about,
      counts,
      changes: rows
        .map(({ type, title, kind, name: of, state: how, review }) => `${type} ${title} ${kind} ${of} ${how} ${review?.decision}`)
        .sort(),
      entities: (await knowledge.listEntities({ ...page, branch: id })).total,
      history: (await knowledge.listHistory({ ...page, branch: id })).rows.map(({ what, undone }) => `${what} ${undone}`),
    });
  }
  const tags = await knowledge.listEntities(page);
  return JSON.stringify({
    graph,
    entities: tags.total,
    tags: tags.rows.map(({ name, tags: its }) => `${name} ${[...its].sort().join()}`).sort(),
    history: history.map(({ what, undone, objects: about }) => `${what} ${undone} ${about}`),
    branches: shown.sort((a, b) => (a.name < b.name ? -1 : 1)),
  });
}
