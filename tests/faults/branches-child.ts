import { seeded } from '../bench/generate.ts';
import { type BranchesLife, objects, stateOf } from './branches-lines.ts';
import { say } from './copies-lines.ts';
import { malwareId } from './objects.ts';
import { done, openWorld } from './world.ts';

/* One life of work on branches. Run by `kill-branches.ts`, which kills it somewhere on the way. */
const life = JSON.parse(process.argv[2] as string) as BranchesLife;
const random = seeded(life.seed);
const world = await openWorld(life.dataDir);
const { knowledge } = world.client;
say({ phase: 'open' });

let count = 0;
const step = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  say({ phase: what });
  say({ begin: what, after: [] });
  const result = await work();
  say({ ack: [what, ...(life.measure ? [await stateOf(world.client)] : [])] });
  return result;
};
const some = () => malwareId(10 + Math.floor(random() * (objects - 10)));
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => malwareId(from + index));

for (const round of ['first', 'second']) {
  const { id: branch } = await step('create', () => knowledge.createBranch({ name: `branch ${round}`, description: 'of a life' }));
  await step('edit', () => knowledge.setProperty({ id: malwareId(1), property: 'description', value: `by ${round} ${count++}`, branch }));
  await step('tag', () => knowledge.addTag({ id: some(), tag: `ward ${round}`, branch }));
  await step('relate', () =>
    knowledge.createRelationship({ source: malwareId(2), relationshipType: 'related-to', target: some(), description: round, branch }),
  );
  await step('note', () => knowledge.addNote({ id: some(), content: `note of ${round}`, branch }));
  await step('bulk', () =>
    done(world.client, knowledge.bulkEdit({ ids: ids(20, 50), change: { do: 'tag', tag: `bulk ${round}` }, branch })),
  );
  await step('rename a tag', () => knowledge.renameTag({ tag: `bulk ${round}`, to: `renamed ${round}`, branch }));
  await step('delete', () => knowledge.deleteObject({ id: malwareId(round === 'first' ? 3 : 4), branch }));
  await step('main', () => knowledge.setProperty({ id: malwareId(1), property: 'description', value: `main ${count++}` }));
  await step('propose', () => knowledge.proposeBranch({ branch }));
  await step('review', () => knowledge.reviewChanges({ branch, decision: 'accepted' }));
  await step('review a conflict', () =>
    knowledge.reviewChanges({
      branch,
      changes: [{ id: malwareId(1), kind: 'property', name: 'description' }],
      decision: 'accepted',
      take: 'branch',
    }),
  );
  const { action } = await step('merge', () => knowledge.mergeBranch({ branch }));
  await step('undo the merge', () => knowledge.undo({ action }));
  await step('redo the merge', () => knowledge.redo({ action }));
  const { rows } = await knowledge.listHistory({ limit: 500, id: malwareId(1) });
  const first = rows.at(-1)?.at as string;
  await step('revert', () => knowledge.revertObject({ id: malwareId(1), at: first }));
  await step('bulk on main', () =>
    done(world.client, knowledge.bulkEdit({ ids: ids(10, 55), change: { do: 'set', property: 'description', value: `all of ${round}` } })),
  );
  await step('rename a tag on main', () => knowledge.renameTag({ tag: `renamed ${round}`, to: 'merged' }));
  const { id: idle } = await step('create another', () => knowledge.createBranch({ name: `idle ${round}` }));
  await step('tag there', () => knowledge.addTag({ id: some(), tag: 'idle', branch: idle }));
  const discarded = await step('discard', () => knowledge.discardBranch({ branch: idle }));
  if (round === 'second') await step('undo the discarding', () => knowledge.undo({ action: discarded.action }));
}
say({ phase: 'close' });
await world.close();
say({ phase: 'closed' });
