import { inTurns, type Measured, ratios, round, runSide, spread, spreads } from './measure.ts';

/**
 * The app's own import against graphology's in-memory load of the same objects, each in a process of
 * its own, in turns. `net` figures are those of a side less the generator's in the same round.
 */
export async function benchImport({ nodes = 100_000, relationships = 500_000, rounds = 3 } = {}): Promise<Record<string, unknown>> {
  const side = (name: string) => () => runSide('import.ts', [name, String(nodes), String(relationships)]);
  const results = await inTurns(rounds, {
    generator: side('generator'),
    graphology: side('graphology'),
    app: side('app'),
    tables: side('tables'),
  });
  const net = (name: 'graphology' | 'app' | 'tables') =>
    results[name].map((one, turn) =>
      Object.fromEntries(
        ['wallMs', 'cpuMs', 'peakMiB'].map((figure) => [figure, (one[figure] ?? 0) - (results.generator[turn]?.[figure] ?? 0)]),
      ),
    );
  const [app, peer, tables] = [net('app'), net('graphology'), net('tables')];
  const seconds = spread(app.map((one) => (nodes + relationships) / ((one['wallMs'] ?? 0) / 1000)));
  return {
    graph: { nodes, relationships },
    ratios: {
      wall: ratios('wallMs', app, peer),
      /** Of the least disturbed round of each side: what the wall clock says on a machine that others use. */
      wallOfFastest: round(fastest(app) / fastest(peer)),
      cpu: ratios('cpuMs', app, peer),
      peakMemory: ratios('peakMiB', results.app, results.graphology),
      peakMemoryOverGenerator: ratios('peakMiB', app, peer),
      tablesWall: ratios('wallMs', tables, peer),
      tablesCpu: ratios('cpuMs', tables, peer),
      tablesPeakMemory: ratios('peakMiB', results.tables, results.graphology),
    },
    targets: { wall: 2.5, peakMemory: 0.4 },
    objectsASecond: seconds,
    bytesAnObject: round(((results.app[0]?.['fileMiB'] ?? 0) * 1024 * 1024) / (nodes + relationships)),
    bytesANode: round(((results.app[0]?.['fileMiB'] ?? 0) * 1024 * 1024) / nodes),
    sides: Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, spreads(runs)])),
  };
}

const fastest = (rounds: readonly Measured[]) => Math.min(...rounds.map((one) => one['wallMs'] ?? Number.NaN));
