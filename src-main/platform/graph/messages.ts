import type { ErrorCode } from '#shared/transport/errors.ts';
import type { GraphDelta } from './delta.ts';
import type { NeighbourhoodAnswer, NeighbourhoodQuestion } from './k-hop.ts';
import type { PathsAnswer, PathsQuestion } from './paths.ts';
import type { ComponentsAnswer, SnapshotAnswer } from './survey.ts';
import type { WalkFilter } from './walk.ts';

/** What may be asked of the graph: question and answer by name. */
export interface Questions {
  readonly khop: { readonly ask: NeighbourhoodQuestion; readonly answer: NeighbourhoodAnswer };
  readonly shortestPaths: { readonly ask: PathsQuestion; readonly answer: PathsAnswer };
  readonly degree: { readonly ask: readonly number[] | Int32Array; readonly answer: Uint32Array };
  readonly components: { readonly ask: WalkFilter; readonly answer: ComponentsAnswer };
  readonly snapshot: { readonly ask: number; readonly answer: SnapshotAnswer };
  readonly serialise: { readonly ask: undefined; readonly answer: Uint8Array };
  readonly size: { readonly ask: undefined; readonly answer: { readonly nodes: number; readonly edges: number } };
}

export type QuestionName = keyof Questions;

export type ToWorker =
  /** Always first; `cancelled` holds the number of the question that is no longer wanted, where memory can be shared. */
  | { readonly kind: 'begin'; readonly cancelled: SharedArrayBuffer | undefined }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly name: QuestionName;
      readonly question: unknown;
      readonly overlay?: GraphDelta;
      readonly withinMs: number;
    }
  | { readonly kind: 'apply'; readonly delta: GraphDelta };

export type FromWorker =
  /** `loadMs`: what loading took, without starting the thread. */
  | { readonly kind: 'ready'; readonly loadMs: number }
  | { readonly kind: 'refused'; readonly error: WorkerError }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: WorkerError };

/** `detail` is for the engine's log, never for a person's eyes. */
export interface WorkerError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly detail?: string;
}
