import { createHash } from 'node:crypto';
import type { intel, PastedHit } from '#shared/contract/intel.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Readers } from '#main/platform/database/readers/readers.ts';
import type { Knowledge } from '../../knowledge/index.ts';
import type { RecogniseAnswer } from '../store/recognise.ts';
import { keptItems } from './keep.ts';

type PasteHandlers = Pick<Handlers<{ intel: typeof intel }>['intel'], 'recognise' | 'keepPasted'>;

export interface PasteTerms {
  readonly knowledge: Pick<Knowledge, 'importItems' | 'listImports' | 'takeUpload'>;
  readonly readers: Pick<Readers, 'read'>;
  readonly now: () => number;
  readonly newId: () => string;
}

const mostBytes = 2 * 1024 * 1024;
const mostKept = 5;

export function pasteHandlers({ knowledge, readers, now, newId }: PasteTerms): PasteHandlers {
  /** The newest pastes, so that keeping needs no second copy of the text and only what was recognised can be kept. */
  const pastes = new Map<string, { text: string; hits: ReadonlyMap<string, PastedHit> }>();

  const textOf = (uploadId: string): string => {
    const bytes = knowledge.takeUpload(uploadId);
    if (bytes.length > mostBytes)
      throw new ContractError('too_large', 'The text is longer than 2 MB; paste a part of it, or import it as a file.');
    return bytes.toString('utf8');
  };

  return {
    async recognise(input, { signal }) {
      const text = 'text' in input ? input.text : textOf(input.uploadId);
      const answer = await readers.read<RecogniseAnswer>('intel.recognise', { text }, { signal });
      const pasteId = newId();
      if (answer.hits.length === 0) return { pasteId, characters: text.length, ...answer };
      pastes.set(pasteId, { text, hits: new Map(answer.hits.map((hit) => [hit.key, hit])) });
      for (const old of pastes.keys()) {
        if (pastes.size <= mostKept) break;
        pastes.delete(old);
      }
      return { pasteId, characters: text.length, ...answer };
    },
    async keepPasted({ pasteId, keys, as, source, keepText }) {
      const paste = pastes.get(pasteId);
      if (!paste) throw new ContractError('not_found', 'This text is not at hand any more; have it recognised once more.');
      const hits = [...new Set(keys)].map((key) => {
        const hit = paste.hits.get(key);
        if (!hit) throw new ContractError('invalid_input', `“${key.slice(0, 100)}” was not recognised in this text.`);
        return hit;
      });
      const { items, report, left } = keptItems({ text: paste.text, hits, as, source, keepText, now: now() });
      const outcome = await knowledge.importItems({
        kind: 'user',
        source: `Pasted: ${source.title}`,
        format: 'paste',
        sha256: createHash('sha256')
          .update(JSON.stringify([items, newId()]))
          .digest('hex'),
        items: inPages(items),
        job: { jobId: '', signal: new AbortController().signal, progress() {} },
      });
      const { importId, created, updated, unchanged } = outcome;
      const action = knowledge.listImports().find((record) => record.importId === importId)?.action;
      return { ...(action !== undefined && { action }), importId, report, created, updated, unchanged, left };
    },
  };
}

async function* inPages<T>(items: readonly T[]): AsyncGenerator<T[], void, undefined> {
  yield [...items];
}
