import type { ColumnMapping, FilePreview } from '#shared/contract/knowledge.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { externalIdOf } from '#shared/domain/knowledge/identifiers.ts';
import { compareTimestamps } from '#shared/domain/knowledge/merge.ts';
import { nameOf } from '#shared/domain/knowledge/names.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import type { JobHandle } from '#main/platform/jobs/jobs.ts';
import type { Format, Item, ReadContext } from '../formats/format.ts';
import type { OpenSource } from '../formats/source.ts';
import { judgeOnBranch, memoryOnBranch } from '../store/branches/incoming.ts';
import { MISSING } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { laidOver } from '../store/layers.ts';
import type { Fate, Incoming } from '../store/writer.ts';
import { breathe } from './breathe.ts';
import type { Place } from './import-on-branch.ts';
import { salvage } from './salvage.ts';

/** Listed one by one in a preview; the totals go on counting. */
const MOST_LISTED = 200;
const MOST_SAMPLES = 8;

export interface PreviewInput {
  readonly source: OpenSource;
  readonly format: Format;
  readonly because: string;
  readonly mapping?: ColumnMapping | undefined;
  readonly context: ReadContext;
  readonly job: JobHandle;
  /** What the files before it would bring. */
  readonly met: Met;
}

/** Objects met in the files of one preview, so that one that comes twice is counted as it will be. */
export interface Met {
  /** Id -> content; empty past the first 50,000, where a repeated id counts as the same. */
  readonly contents: Map<string, string>;
  /** External id -> id: a later file refers to what an earlier one brings. */
  readonly externalIds: Map<string, string>;
  /** The branch that they would go to; undefined: main. */
  readonly place: Place | undefined;
  /** Ids of objects that the branch is not about yet. */
  readonly fresh: Set<string>;
}

export const nothingMet = (place?: Place): Met => ({ contents: new Map(), externalIds: new Map(), place, fresh: new Set() });

/** Reads a file to its end, changes nothing, and says what each object would become. */
export async function previewFile(store: Store, input: PreviewInput): Promise<FilePreview> {
  const { source, format } = input;
  const preview: FilePreview = emptyPreview(source.name, format.id, format.title, input.because);
  try {
    if (format.columns) {
      const columns = await format.columns(source);
      preview.columns = input.mapping ? { ...columns, mapping: input.mapping } : columns;
    }
    await countItems(store, preview, salvage(format.read(source, input.context)), input);
  } catch (error) {
    if (!isContractError(error) || error.code === 'cancelled') throw error;
    preview.failure = error.message;
  }
  return preview;
}

/** Adds what items would become to a preview; what was counted before an error stays counted. */
export async function countItems(
  store: Store,
  preview: FilePreview,
  batches: AsyncIterable<readonly Item[]>,
  { met, job }: Pick<PreviewInput, 'met' | 'job'>,
): Promise<void> {
  const types = new Map<string, { created: number; updated: number; unchanged: number }>();
  let seen = 0;
  try {
    for await (const items of batches) {
      if (job.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      for (const item of items) {
        if (item.kind === 'rejected') {
          preview.rejectedTotal++;
          if (preview.rejected.length < MOST_LISTED)
            preview.rejected.push({ ...(item.id !== undefined && { id: item.id }), path: item.path, reason: item.reason });
        } else if (item.kind === 'loss') {
          addLoss(preview, { ...(item.id !== undefined && { id: item.id }), path: item.path, what: item.what });
        } else {
          const { fate, what } = fateOf(store, met, item);
          preview[fate]++;
          if (what) addLoss(preview, { id: item.object.id, path: item.path, what });
          const count = types.get(item.object.type) ?? { created: 0, updated: 0, unchanged: 0 };
          count[fate]++;
          types.set(item.object.type, count);
          if (
            item.object.type !== 'relationship' &&
            preview.samples.length < MOST_SAMPLES &&
            !types.get(item.object.type)?.updated &&
            count.created <= 2
          )
            preview.samples.push({ id: item.object.id, type: item.object.type, name: nameOf(item.object).slice(0, 200) });
          seen++;
        }
      }
      job.progress(undefined, `${preview.file}: ${seen} objects`);
      await breathe();
    }
  } finally {
    preview.types = [...types].map(([type, counts]) => ({ type, ...counts })).sort((a, b) => total(b) - total(a));
  }
}

export function emptyPreview(file: string, format: string, formatTitle: string, because: string): FilePreview {
  return {
    file,
    format,
    formatTitle,
    because,
    created: 0,
    updated: 0,
    unchanged: 0,
    rejected: [],
    loss: [],
    types: [],
    samples: [],
    rejectedTotal: 0,
    lossTotal: 0,
  };
}

function addLoss(preview: FilePreview, loss: FilePreview['loss'][number]) {
  preview.lossTotal++;
  if (preview.loss.length < MOST_LISTED) preview.loss.push(loss);
}

const total = (counts: { created: number; updated: number; unchanged: number }) => counts.created + counts.updated + counts.unchanged;

const MOST_CONTENTS = 50_000;

function fateOf(store: Store, met: Met, item: Incoming): { fate: Fate; what?: string | undefined } {
  const { id } = item.object;
  const { place } = met;
  const stands = place ? judgeOnBranch(store, item, memoryOnBranch(store, id, place.branch)) : storeFate(store, item);
  if (stands.fate === 'unchanged') return stands;
  if (place && !place.isHeld(id)) met.fresh.add(id);
  const before = met.contents.get(id);
  if (before === undefined) {
    met.contents.set(id, met.contents.size < MOST_CONTENTS ? canonical(item.object) : '');
    const externalId = externalIdOf(item.object);
    if (externalId !== undefined && !met.externalIds.has(externalId)) met.externalIds.set(externalId, id);
    return stands;
  }
  const content = before === '' ? '' : canonical(item.object);
  if (before === content) return { fate: 'unchanged' };
  if (item.merge && before !== '') {
    const laid = canonical(laidOver(JSON.parse(before) as StixObject, item.object));
    met.contents.set(id, laid);
    return { fate: laid === before ? 'unchanged' : 'updated' };
  }
  const order = compareTimestamps(item.object['modified'], (JSON.parse(before) as StixObject)['modified']);
  if (order === 0 && !item.stamp)
    return { fate: 'unchanged', what: 'comes twice in these files with the same modified and other content: the first stays' };
  if (order < 0) return { fate: 'unchanged', what: 'comes in these files in a newer version too: this one is kept in the history' };
  met.contents.set(id, content);
  return { fate: 'updated' };
}

/** What would become of the object if it came alone. */
function storeFate(store: Store, item: Incoming): { fate: Fate; what?: string | undefined } {
  const key = store.rows.keyOf(item.object.id);
  if (key === undefined) return { fate: 'created' };
  const row = item.object.type === 'relationship' ? store.rows.relationship(key) : store.rows.object(key);
  if (!row || row.state & MISSING) return { fate: 'created' };
  return store.writer.judge(item, key);
}
