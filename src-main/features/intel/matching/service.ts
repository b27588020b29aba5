import type { MatchState } from '#shared/contract/intel.ts';
import { createQuota, floorOf, type Quota } from '#shared/domain/intel/quota.ts';
import { isContractError } from '#shared/transport/errors.ts';
import type { Database } from '#main/platform/database/database.ts';
import type { Readers } from '#main/platform/database/readers/readers.ts';
import type { JobHandle, Jobs } from '#main/platform/jobs/jobs.ts';
import type { GraphChange, Knowledge } from '../../knowledge/index.ts';
import type { Scope } from '../store/match/scope.ts';
import { termIds } from '../store/graph.ts';
import type { CountedPage, MatchRow, VulnerabilityPage } from '../store/match/vulnerabilities.ts';
import { createMatchStore, type MatchStore, mostMatches } from '../store/match/write.ts';

export interface MatchingTerms {
  readonly database: Database;
  readonly readers: Pick<Readers, 'read'>;
  readonly jobs: Pick<Jobs, 'start'>;
  readonly knowledge: Pick<Knowledge, 'onChange'>;
  readonly now: () => number;
  readonly onChanged: (state: MatchState) => void;
  readonly onError: (error: unknown) => void;
  /** Milliseconds of quiet after a change before matches are computed. */
  readonly settleMs?: number;
}

/** Changed objects past which everything is computed anew. */
const mostChanged = 20_000;
const mostAssets = 1_000;
const PAGE = 1_000;

export interface Matching {
  readonly store: MatchStore;
  state(): MatchState;
  /** Computes everything anew, as a job. */
  refresh(): string;
  /** Settles when nothing is left to be computed. */
  settled(): Promise<void>;
}

/** Keeps the matches in step with the graph, in the background and only where it changed. */
export function createMatching(terms: MatchingTerms): Matching {
  const { database, readers, jobs, now } = terms;
  const store = createMatchStore(database);
  const changed = new Set<number>();
  const referred = new Set<number>();
  /** Everything is to be computed: nothing stands yet, or it was not followed what changed. */
  let whole = store.computed()?.revision !== store.revision();
  let dirty = whole;
  let running: Promise<void> | undefined;
  let jobId: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let held = false;
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

  const state = (): MatchState => {
    const computed = store.computed();
    return {
      ...(computed && { at: new Date(computed.at).toISOString() }),
      ...(jobId !== undefined && { jobId }),
      stale: dirty || running !== undefined,
      found: computed?.found ?? 0,
      kept: store.count(),
    };
  };

  /** Relations of which both ends matter to matching, and the one of which notes and opinions are made. */
  let relevant = new Set<number>();
  let refs = -1;
  const learn = () => {
    relevant = new Set(
      termIds(database, 'relation', ['runs', 'consists-of', 'has', 'depends-on', 'targets', 'vulnerability_refs', 'asset_ref']),
    );
    refs = termIds(database, 'relation', ['object_refs'])[0] ?? -1;
  };

  const follow = ({ nodes, edges }: GraphChange) => {
    if (!database.open) return;
    learn();
    if (!whole) {
      for (const key of nodes) changed.add(key);
      for (let at = 0; at < edges.length; at += 4) {
        const [source, type, target] = [edges[at] as number, edges[at + 1] as number, edges[at + 2] as number];
        if (relevant.has(type)) changed.add(source).add(target);
        else if (type === refs) referred.add(target);
      }
      if (changed.size + referred.size > mostChanged) whole = true;
    }
    if (whole) {
      changed.clear();
      referred.clear();
    }
    dirty = true;
    held = false;
    schedule();
  };

  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void begin(), terms.settleMs ?? 700);
    timer.unref();
  };

  const begin = async (): Promise<void> => {
    if (running || !dirty || held || !database.open) return;
    running = whole ? asJob() : partial().catch(given);
    try {
      await running;
    } finally {
      running = undefined;
      if (database.open) terms.onChanged(state());
    }
    if (dirty && !held) schedule();
  };

  /** A workspace that closes ends the work in the middle; a failure leaves it for the next change. */
  const given = (error: unknown) => {
    if (!database.open) return;
    whole = true;
    held = true;
    if (!isContractError(error)) terms.onError(error);
  };

  const asJob = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      jobId = jobs.start('Match threats to your assets', async (job) => {
        try {
          terms.onChanged(state());
          await everything(job);
        } catch (error) {
          held = true;
          whole = true;
          throw error;
        } finally {
          jobId = undefined;
          resolve();
        }
      });
    });
  };

  const background = <T>(name: string, params: unknown, signal?: AbortSignal) =>
    readers.read<T>(name, params, { priority: 'background', deadlineMs: 600_000, ...(signal && { signal }) });

  const everything = async (job: JobHandle): Promise<void> => {
    const revision = store.revision();
    const round = (store.computed()?.round ?? 0) + 1;
    whole = false;
    dirty = false;
    changed.clear();
    referred.clear();
    const total = Math.max(1, await background<number>('intel.vulnerabilityCount', {}, job.signal));
    const counted = await count(total, job);
    const quota = createQuota(mostMatches, counted.floor);
    let found = counted.found;
    // The most urgent first, so that the first screen has them while the rest is still written.
    for (let from = 0; from < counted.threats.length; from += PAGE) {
      await vulnerabilities({ threats: counted.threats.slice(from, from + PAGE) }, round, quota, job.signal);
      job.progress(0.6 + 0.3 * Math.min(1, (from + PAGE) / counted.threats.length), `${counted.threats.length} vulnerabilities that fit`);
    }
    found += await targetsAndIndicators(round, { targets: true, indicators: true }, job.signal);
    await store.sweep(round, 'all', breathe);
    await store.trim(quota.floor(), breathe);
    await background('intel.forgetEstate', {}, job.signal);
    store.setComputed({ at: now(), revision, round, found, floor: quota.floor() });
  };

  /** Counts what fits before any of it is made: which vulnerabilities are to be kept, and from which priority on. */
  const count = async (total: number, job: JobHandle): Promise<{ found: number; floor: number; threats: number[] }> => {
    const counts = new Map<number, number>();
    const tops: (readonly [threat: number, priority: number])[] = [];
    let found = 0;
    let seen = 0;
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: CountedPage = await background('intel.countVulnerabilities', { after, limit: PAGE }, job.signal);
      for (const [priority, pairs] of page.counts) counts.set(priority, (counts.get(priority) ?? 0) + pairs);
      for (const top of page.tops) tops.push(top);
      found += page.found;
      seen += page.seen;
      after = page.next;
      job.progress((seen / total) * 0.6, `${seen} of ${total} vulnerabilities`);
    }
    const floor = floorOf(counts, mostMatches);
    const urgent = tops.filter(([, priority]) => priority >= floor).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    return { found, floor, threats: urgent.map(([threat]) => threat) };
  };

  const partial = async (): Promise<void> => {
    const revision = store.revision();
    const before = store.computed();
    const round = (before?.round ?? 0) + 1;
    const scope = await background<Scope>('intel.matchScope', { changed: [...changed], referred: [...referred] });
    const kept = store.count();
    if (before === undefined || scope.assets.length > mostAssets || kept > mostMatches * 1.2) {
      whole = true;
      return;
    }
    changed.clear();
    referred.clear();
    dirty = false;
    if (scope.threats.length > 0) {
      await vulnerabilities({ threats: scope.threats }, round, createQuota(mostMatches, before.floor));
      await store.sweep(round, { threats: scope.threats }, breathe);
    }
    if (scope.assets.length > 0) {
      await vulnerabilities({ assets: scope.assets }, round, createQuota(mostMatches, before.floor));
      await store.sweep(round, { assets: scope.assets }, breathe);
    }
    await targetsAndIndicators(round, scope);
    for (const [kind, is] of [
      [1, scope.targets],
      [2, scope.indicators],
    ] as const)
      if (is) await store.sweep(round, { kind }, breathe);
    // Below the floor nothing is followed one by one: the count there is that of the last whole computation.
    store.setComputed({ at: now(), revision, round, found: before.found + store.count() - kept, floor: before.floor });
  };

  const vulnerabilities = async (
    only: { readonly threats?: readonly number[]; readonly assets?: readonly number[] },
    round: number,
    quota: Quota,
    signal?: AbortSignal,
  ): Promise<void> => {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: VulnerabilityPage = await background(
        'intel.matchVulnerabilities',
        { after, limit: PAGE, floor: quota.floor(), ...only },
        signal,
      );
      await store.put(
        page.rows.filter(({ priority }) => quota.add(priority)),
        now(),
        round,
        breathe,
      );
      after = page.next;
    }
  };

  const targetsAndIndicators = async (
    round: number,
    scope: Pick<Scope, 'targets' | 'indicators'>,
    signal?: AbortSignal,
  ): Promise<number> => {
    let found = 0;
    if (scope.targets) {
      const answer = await background<{ rows: MatchRow[]; found: number }>('intel.matchTargets', {}, signal);
      await store.put(answer.rows, now(), round, breathe);
      found += answer.found;
    }
    for (let after: number | undefined = scope.indicators ? 0 : undefined; after !== undefined; ) {
      const page: VulnerabilityPage = await background('intel.matchIndicators', { after, limit: 5_000 }, signal);
      await store.put(page.rows, now(), round, breathe);
      found += page.found;
      after = page.next;
    }
    return found;
  };

  terms.knowledge.onChange(follow);
  if (dirty) schedule();

  return {
    store,
    state,
    refresh() {
      whole = true;
      dirty = true;
      held = false;
      clearTimeout(timer);
      if (!running) void begin();
      if (jobId !== undefined) return jobId;
      // A small computation is on its way; the whole one follows it at once.
      return jobs.start('Match threats to your assets', async () => void (await settled()));
    },
    settled: () => settled(),
  };

  async function settled(): Promise<void> {
    while (database.open && (running || (dirty && !held))) {
      clearTimeout(timer);
      if (running) await running.catch(() => undefined);
      else await begin();
    }
  }
}
