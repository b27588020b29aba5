import type { FileReport, ImportRecord, Stats } from '#shared/contract/knowledge.ts';
import type { Database } from '#main/platform/database/database.ts';
import type { GraphService } from '#main/platform/graph/graph-service.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item } from './formats/format.ts';
import type { Collector } from './import/collect.ts';
import type { ReadAnswer, ReadName, ReadParams } from './store/reads/index.ts';

export type { Item } from './formats/format.ts';
export type { StixObject } from '#shared/domain/knowledge/stix.ts';
export { createKnowledge, type KnowledgeParts } from './knowledge.ts';
export { createKnowledgeHandlers } from './handlers.ts';
export { type GraphCensus, chainAt, changeCount } from './store/reads/census.ts';
export { startNewDevice } from './store/log.ts';
export type { Database, JobHandle };

export interface ReadTerms {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds after which the read is ended; 30 s unless told. */
  readonly deadlineMs?: number;
}

/** The graph as a branch shows it. Throws `not_found` for a branch that is not here, and `unavailable` for a read that knows no branches. */
export interface BranchView {
  read<N extends ReadName>(name: N, params: ReadParams<N>, terms?: ReadTerms): Promise<ReadAnswer<N>>;
  khop(question: Parameters<GraphService['khop']>[0], terms?: ReadTerms): ReturnType<GraphService['khop']>;
  shortestPaths(question: Parameters<GraphService['shortestPaths']>[0], terms?: ReadTerms): ReturnType<GraphService['shortestPaths']>;
}

/** What one commit changed: keys of objects, and edges as source, type, target, relationship. */
export interface GraphChange {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
}

/** The one door to the graph for other features. */
export interface Knowledge {
  /** Writes what a format or a pack yields; provenance, history and undo included. */
  importItems(input: {
    readonly kind: 'pack' | 'demo' | 'file' | 'user';
    readonly source: string;
    readonly format: string;
    /** Hex SHA-256 of what was read; an interrupted import of the same content goes on. */
    readonly sha256: string;
    readonly items: AsyncIterable<readonly Item[]>;
    readonly job: JobHandle;
  }): Promise<FileReport & { importId: string }>;
  /** Writes whole objects of the person who works here, as one action; `action` is absent where they stand already. */
  write(objects: readonly StixObject[]): { readonly action: string | undefined };
  /** Name of the person who works here. */
  readonly actor: string;
  /** Tells of every commit that changes the graph, in this process only, until the workspace closes. */
  onChange(listener: (change: GraphChange) => void): void;
  /** A named read, in a process of its own. */
  read<N extends ReadName>(name: N, params: ReadParams<N>, terms?: ReadTerms): Promise<ReadAnswer<N>>;
  /** The graph as a branch shows it: the same reads, and walks with the branch's edges laid over main's. */
  onBranch(branch: string): BranchView;
  /** For sources that stay open and bring small batches: they are committed in groups, and acknowledged once on disk. */
  openCollector(input: { readonly source: string; readonly format: string }): Collector;
  listImports(): ImportRecord[];
  /** Lets pages import a file that the system handed to the app, by the name given back; they never learn its path. */
  offerFile(path: string): string;
  /** The bytes of a file that a page sent whole; it is forgotten here. */
  takeUpload(uploadId: string): Buffer;
  stats(terms?: ReadTerms): Promise<Stats>;
}
