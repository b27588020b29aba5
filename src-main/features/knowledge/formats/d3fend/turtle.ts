import { setImmediate } from 'node:timers/promises';
import type { Parser as TurtleParser, Quad } from 'n3';
import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from '../format.ts';
import { checkSignal } from '../items.ts';
import { decodePieces } from '../text.ts';

/** D3FEND has 32,000 statements in 2.6 MB; beyond these it is no ontology that a person would bring. */
const mostStatements = 3_000_000;
const mostBytes = 512 * 1024 * 1024;
/** Text without a single statement in it: one literal without end. */
const mostSilence = 16 * 1024 * 1024;

/** Told of each statement, in the order of the file. Throws `invalid_input` with the line where it is no Turtle. */
export async function readTurtle(source: Source, signal: AbortSignal, onQuad: (quad: Quad) => void): Promise<void> {
  // Loaded with the first ontology: most runs read none.
  const { Parser } = await import('n3');
  const listeners = new Map<string, (piece?: string) => void>();
  let failure: Error | undefined;
  let statements = 0;
  let silence = 0;
  // The parser listens to this as to a stream; what it is told it takes at once.
  const input = { on: (event: string, listener: (piece?: string) => void) => listeners.set(event, listener) };
  new Parser({ format: 'text/turtle' }).parse(input as unknown as Parameters<TurtleParser['parse']>[0] & string, (error, quad) => {
    if (error) failure ??= error;
    else if (quad && failure === undefined) {
      statements++;
      silence = 0;
      onQuad(quad);
    }
  });
  /** The parser itself trips over some broken prefixes: to a person that is a broken file. */
  const tell = (event: 'data' | 'end', piece?: string) => {
    try {
      listeners.get(event)?.(piece);
    } catch (error) {
      failure ??=
        error instanceof Error ? new Error(`it breaks off at statement ${statements + 1}`, { cause: error }) : new Error('it is broken');
    }
  };
  let total = 0;
  for await (const text of decodePieces(source.bytes(), 'utf-8')) {
    checkSignal(signal);
    for (let at = 0; at < text.length && failure === undefined; at += 65_536) {
      const piece = text.slice(at, at + 65_536);
      total += piece.length;
      silence += piece.length;
      tell('data', piece);
      if (silence > mostSilence)
        throw new ContractError('too_large', `“${source.name}” holds a text of more than ${mostSilence >> 20} MiB in one piece.`);
      if (statements > mostStatements || total > mostBytes)
        throw new ContractError('too_large', `“${source.name}” holds more than ${mostStatements} statements or ${mostBytes >> 20} MiB.`);
    }
    if (failure) break;
    await setImmediate();
  }
  if (failure === undefined) tell('end');
  if (failure) throw new ContractError('invalid_input', `“${source.name}” is not valid Turtle: ${sentence(failure.message)}`);
}

function sentence(message: string): string {
  const text = message.replace(/\s+/g, ' ').trim().slice(0, 300);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
