import { setImmediate } from 'node:timers/promises';
import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from '../format.ts';
import { checkSignal } from '../items.ts';
import { decodePieces, encodingOf } from '../text.ts';
import { type XmlPiece, XmlSlicer } from './slicer.ts';

export type { XmlElement, XmlPiece } from './slicer.ts';
export { childOf, childrenOf, childText, descendants } from './slicer.ts';

export interface XmlOptions {
  /**
   * Elements to be had whole, by their way from the root without name spaces (`nmaprun/host`). They must not lie within
   * each other.
   */
  readonly whole: ReadonlySet<string>;
  /** Elements whose beginning (with attributes) and end are told. */
  readonly around?: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly limits?: Partial<XmlLimits>;
}

export interface XmlLimits {
  readonly depth: number;
  /** Nodes in one whole element. */
  readonly nodes: number;
  /** Characters of one element's text that are kept; the rest is cut and told. */
  readonly text: number;
  readonly attributes: number;
  /** Characters between two signs of structure: one text, one attribute, one comment. */
  readonly piece: number;
}

export const xmlLimits: XmlLimits = { depth: 128, nodes: 500_000, text: 1024 * 1024, attributes: 500, piece: 16 * 1024 * 1024 };

/**
 * Reads XML piece by piece with steady memory. Nothing is fetched and nothing declared is followed: a document type
 * with declarations or an address, and any entity but the five of XML itself, end the reading with a sentence. Where
 * the file breaks, what came before is yielded first, then a ContractError('invalid_input') says line and column.
 */
export async function* streamXml(source: Source, options: XmlOptions): AsyncIterable<XmlPiece[]> {
  const { signal } = options;
  checkSignal(signal);
  const encoding = await encodingOf(source.bytes());
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ xmlns: false, position: true });
  const slicer = new XmlSlicer(parser, source.name, { ...xmlLimits, ...options.limits }, options.whole, options.around ?? new Set());
  for await (const piece of decodePieces(source.bytes(), encoding)) {
    checkSignal(signal);
    for (let at = 0; at < piece.length; at += 64 * 1024) {
      const { pieces, failure } = slicer.feed(piece.slice(at, at + 64 * 1024));
      if (pieces.length > 0) yield pieces;
      if (failure) throw failure;
    }
    await setImmediate();
  }
  const { pieces, failure } = slicer.finish();
  if (pieces.length > 0) yield pieces;
  if (failure) throw failure;
}

/** The root's name and attributes, from the beginning of a file; undefined where it is no XML. Linear in the text. */
export function sketchXml(text: string): { readonly root: string; readonly tag: string; readonly doctype: boolean } | undefined {
  let at = /^[\s\ufeff]*/.exec(text)?.[0].length ?? 0;
  let doctype = false;
  for (let steps = 0; steps < 1000; steps++) {
    if (text[at] !== '<') return undefined;
    if (text.startsWith('<?', at)) at = after(text, '?>', at);
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at);
    else if (text.startsWith('<!DOCTYPE', at)) {
      doctype = true;
      at = after(text, '>', at);
    } else {
      const tag = /^<(?:[\w.-]{1,100}:)?([A-Za-z_][\w.-]{0,100})(?=[\s/>])/.exec(text.slice(at, at + 300));
      if (!tag) return undefined;
      const end = text.indexOf('>', at);
      return { root: tag[1] as string, tag: text.slice(at, end === -1 ? at + 4000 : Math.min(end + 1, at + 4000)), doctype };
    }
    while (/\s/.test(text[at] ?? '')) at++;
  }
  return undefined;
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from);
  return at === -1 ? text.length : at + end.length;
}

/** A sentence for a file that lacks the root it should have. */
export function wrongRoot(source: Source, wanted: string): ContractError {
  return new ContractError('invalid_input', `“${source.name}” is no ${wanted}: its elements are not those of one.`);
}
