import { setImmediate } from 'node:timers/promises';
import { ContractError } from '#shared/transport/errors.ts';
import { type JsonLimits, inMiB, streamLimits } from './limits.ts';
import { type JsonElement, JsonSlicer } from './slicer.ts';

const BATCH = 400;

/**
 * Reads JSON Lines: each line one value, its path `line 12`. A line that is no JSON, too large or too deep comes with
 * its `fault`, and the next is read; empty lines are passed over. Never holds more than one line and one batch.
 */
export async function* streamLines(
  bytes: AsyncIterable<Uint8Array>,
  options: { readonly signal: AbortSignal; readonly limits?: Partial<JsonLimits> },
): AsyncIterable<JsonElement[]> {
  const limits = { ...streamLimits, ...options.limits };
  let batch: JsonElement[] = [];
  let pieces: Uint8Array[] = [];
  let size = 0;
  let line = 0;
  let total = 0;

  const end = () => {
    line++;
    const path = `line ${line}`;
    if (size > limits.maxValueBytes)
      batch.push({ path, value: undefined, fault: `larger than ${inMiB(limits.maxValueBytes)}, the most that one line may be` });
    else if (pieces.some((piece) => !isBlank(piece))) batch.push(valueOf(pieces, path, limits));
    pieces = [];
    size = 0;
  };

  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > limits.maxBytes) throw new ContractError('too_large', `The file is larger than ${inMiB(limits.maxBytes)}.`);
    let from = 0;
    while (from < chunk.length) {
      const at = chunk.indexOf(0x0a, from);
      const to = at === -1 ? chunk.length : at;
      size += to - from;
      // A piece that outlives this chunk is copied: the source may use its buffer again.
      if (size <= limits.maxValueBytes && to > from) pieces.push(at === -1 ? chunk.slice(from, to) : chunk.subarray(from, to));
      else if (size > limits.maxValueBytes) pieces = [];
      from = to + 1;
      if (at === -1) break;
      end();
      if (line > limits.maxItems) throw new ContractError('too_large', `The file has more than ${limits.maxItems} lines.`);
      if (batch.length >= BATCH) {
        yield batch;
        batch = [];
        // A source that is always ready must not keep the event loop from hearing a cancel.
        await setImmediate();
        if (options.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
      }
    }
    if (options.signal.aborted) throw new ContractError('cancelled', 'Cancelled.');
  }
  if (size > 0) end();
  if (batch.length > 0) yield batch;
}

function isBlank(piece: Uint8Array): boolean {
  return piece.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

/** One line as a document of its own, by the same rules as any JSON file. */
function valueOf(pieces: readonly Uint8Array[], path: string, limits: JsonLimits): JsonElement {
  let found: JsonElement | undefined;
  const slicer = new JsonSlicer(
    undefined,
    limits,
    () => undefined,
    (member) => {
      found = member;
    },
  );
  try {
    for (const piece of pieces) slicer.feed(piece);
    slicer.finish();
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { path, value: undefined, fault: `no JSON: ${error.message.replace(/^The file is not valid JSON at line \d+, /, '')}` };
  }
  if (!found) return { path, value: undefined, fault: 'no JSON: it is empty' };
  const losses = found.losses?.map((loss) => ({ ...loss, path: loss.path === '' ? path : `${path}.${loss.path}` }));
  return { path, value: found.value, ...(found.fault !== undefined && { fault: found.fault }), ...(losses && { losses }) };
}
