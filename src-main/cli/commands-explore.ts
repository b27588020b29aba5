import { contract } from '#shared/contract/index.ts';
import type { Entity } from '#shared/contract/knowledge.ts';
import { StixId } from '#shared/domain/knowledge/stix.ts';
import { type Command, type Context, exit, UsageError } from './command.ts';
import { plain, plainLines, table } from './text.ts';

const stats: Command = {
  words: 'stats',
  about: contract.knowledge.getStats.about,
  args: [],
  options: {},
  wants: 'workspace',
  async run({ client, print, signal }) {
    const { objects, relationships } = await client.knowledge.getStats(undefined, { signal });
    const lines = (counts: Record<string, number>) => Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    await print(
      { objects, relationships },
      () => `${table(['OBJECTS', 'COUNT'], lines(objects))}\n${table(['RELATIONSHIPS', 'COUNT'], lines(relationships))}`,
    );
    return exit.done;
  },
};

const search: Command = {
  words: 'search',
  about: contract.knowledge.search.about,
  args: ['TEXT…'],
  options: {
    type: { type: 'string', value: 'TYPE', about: 'Only objects of this STIX type; may be given more than once.', multiple: true },
    limit: { type: 'string', value: 'N', about: 'How many to show (30 unless given, 200 at most).' },
    retired: { type: 'boolean', about: 'Revoked and deprecated objects too.' },
  },
  wants: 'workspace',
  async run({ client, args, io, print, remark, signal, texts, number, flag }) {
    const types = texts('type');
    const limit = number('limit', 1, 200);
    const answer = await client.knowledge.search(
      { text: args.join(' '), includeRetired: flag('retired'), ...(types ? { types: [...types] } : {}), ...(limit ? { limit } : {}) },
      { signal },
    );
    await print({ results: answer.results.map(({ id, type, name }) => ({ id, type, name })) }, () =>
      answer.results.length === 0
        ? 'Nothing found.\n'
        : table(
            ['ID', 'TYPE', 'NAME', 'STIX ID'],
            answer.results.map((result) => [result.externalId, result.type, result.name, result.id]),
            io.isScreen ? io.columns : undefined,
          ),
    );
    if (answer.corrected !== undefined) remark(`Searched for “${plain(answer.corrected)}” instead.`);
    if (answer.shown < answer.total) remark(shown(answer.shown, answer.total, 'best first'));
    return exit.done;
  },
};

const show: Command = {
  words: 'show',
  about: contract.knowledge.getEntity.about,
  args: ['ID'],
  options: {},
  wants: 'workspace',
  async run({ client, args, print, signal }) {
    const entity = await client.knowledge.getEntity({ id: args[0] ?? '' }, { signal });
    await print(entity, () => page(entity));
    return exit.done;
  },
};

const neighbours: Command = {
  words: 'neighbours',
  about: contract.knowledge.getNeighbourhood.about,
  args: ['ID'],
  options: {
    hops: { type: 'string', value: 'N', about: 'How far (1 unless given, 6 at most).' },
    limit: { type: 'string', value: 'N', about: 'How many nodes to show (300 unless given, 5,000 at most).' },
  },
  wants: 'workspace',
  async run(context) {
    const { client, args, io, print, remark, signal, number } = context;
    const hops = number('hops', 1, 6) ?? 1;
    const limit = number('limit', 1, 5000);
    const id = await resolveId(context, args[0] ?? '');
    const answer = await client.knowledge.getNeighbourhood({ ids: [id], hops, ...(limit ? { limit } : {}) }, { signal });
    await print(answer, () =>
      table(
        ['HOPS', 'ID', 'TYPE', 'NAME', 'DEGREE', 'STIX ID'],
        [...answer.nodes]
          .sort((a, b) => a.hops - b.hops)
          .map((node) => [node.hops, node.externalId, node.type, node.name, node.degree, node.id]),
        io.isScreen ? io.columns : undefined,
      ),
    );
    if (answer.shownNodes < answer.totalNodes || answer.shownEdges < answer.totalEdges) {
      remark(
        `${shown(answer.shownNodes, answer.totalNodes, `nodes by ${plain(answer.rankedBy)}`)} ${shown(answer.shownEdges, answer.totalEdges, 'edges')}`,
      );
    }
    return exit.done;
  },
};

const paths: Command = {
  words: 'paths',
  about: contract.knowledge.findPaths.about,
  args: [],
  options: {
    from: { type: 'string', value: 'ID', about: 'Where the paths begin.' },
    to: { type: 'string', value: 'ID', about: 'Where they end.' },
    directed: { type: 'boolean', about: 'Follow relationships in their own direction only.' },
    limit: { type: 'string', value: 'N', about: 'How many paths to show (10 unless given, 100 at most).' },
  },
  wants: 'workspace',
  async run(context) {
    const { client, print, remark, signal, text, number, flag } = context;
    const [from, to] = [text('from'), text('to')];
    if (!from || !to) throw new UsageError('paths needs both ends: --from ID --to ID.');
    const limit = number('limit', 1, 100);
    const ends = { from: await resolveId(context, from), to: await resolveId(context, to) };
    const answer = await client.knowledge.findPaths({ ...ends, directed: flag('directed'), ...(limit ? { limit } : {}) }, { signal });
    await print(answer, () =>
      answer.paths.length === 0 ? 'No path.\n' : answer.paths.map(({ nodes, edges }) => pathLine(nodes, edges)).join(''),
    );
    if (answer.shown < answer.total) remark(shown(answer.shown, answer.total, 'paths, shortest first'));
    return exit.done;
  },
};

/** People type T1059.001 or APT29; the graph's calls take STIX ids. */
async function resolveId({ client, signal }: Context, id: string): Promise<string> {
  if (StixId.safeParse(id).success) return id;
  return (await client.knowledge.getEntity({ id }, { signal })).id;
}

type Node = { readonly id: string; readonly name: string; readonly externalId?: string };
type PathEdge = { readonly source: string; readonly relationshipType: string };

function pathLine(nodes: readonly Node[], edges: readonly PathEdge[]): string {
  const label = (node: Node) => plain(node.externalId ? `${node.externalId} ${node.name}` : node.name);
  const parts = nodes.map((node, position) => {
    const edge = edges[position - 1];
    if (position === 0 || !edge) return label(node);
    const forward = edge.source !== node.id;
    return `${forward ? '—' : '←'}${plain(edge.relationshipType)}${forward ? '→' : '—'} ${label(node)}`;
  });
  return `${parts.join(' ')}\n`;
}

function page(entity: Entity): string {
  const marks = [
    entity.tlp ? `TLP:${entity.tlp.toUpperCase()}` : '',
    entity.revoked ? 'revoked' : '',
    entity.deprecated ? 'deprecated' : '',
    entity.missing ? 'named by others only' : '',
  ];
  const facts: [string, string | undefined][] = [
    ['Type', entity.type],
    ['STIX id', entity.id],
    ['Modified', entity.modified],
    ['Marks', marks.filter((mark) => mark !== '').join(', ') || undefined],
    ['Tags', entity.tags.join(', ') || undefined],
    ['Versions', String(entity.versions)],
    ['Source', entity.provenance.map(({ source, at }) => `${source} (${at.slice(0, 10)})`).join(', ') || undefined],
  ];
  const description = entity.object.description;
  const groups = entity.neighbours.map((group) => [
    group.direction === 'out' ? `${group.relationshipType} →` : `← ${group.relationshipType}`,
    group.type,
    group.count,
  ]);
  return [
    `${plain(entity.externalId ? `${entity.externalId}  ${entity.name}` : entity.name)}\n${plain(entity.headline)}\n`,
    facts.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(10)}${plain(value)}\n`])).join(''),
    typeof description === 'string' ? `${plainLines(description)}\n` : '',
    groups.length > 0 ? table(['RELATIONSHIP', 'WITH', 'COUNT'], groups) : '',
    entity.notes.map((note) => `Note of ${note.at.slice(0, 10)}: ${plain(note.content)}\n`).join(''),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function shown(part: number, total: number, what: string): string {
  return `Shown ${part.toLocaleString('en')} of ${total.toLocaleString('en')} (${what}).`;
}

export const exploreCommands: readonly Command[] = [stats, search, show, neighbours, paths];
