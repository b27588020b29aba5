import type { SaxesAttributePlain, SaxesParser, SaxesTagPlain } from 'saxes';
import { ContractError } from '#shared/transport/errors.ts';
import type { XmlLimits } from './index.ts';

export interface XmlElement {
  /** Without its name space's prefix. */
  readonly name: string;
  /** Without a prototype. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Own text, that of children left out, blanks at both ends too. */
  readonly text: string;
  /** Signs of the parent's own text that stand before it, for text with elements in it. */
  readonly at: number;
  readonly line: number;
}

export interface XmlPiece {
  readonly kind: 'open' | 'close' | 'whole' | 'loss';
  /** From the root: `nmaprun/host`. */
  readonly path: string;
  /** `open` and `close`: without children. */
  readonly element: XmlElement;
  /** Of a loss. */
  readonly what?: string;
}

interface Growing {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Growing[];
  text: string;
  at: number;
  line: number;
}

/** Each costs the parser a message. */
const mostReplaced = 1000;
const nobody: XmlElement = { name: '', attributes: {}, children: [], text: '', at: 0, line: 0 };
/** What XML 1.0 (section 2.2) forbids, and scanners copy from the wire all the same. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** Cuts fed text into the elements that are wanted. */
export class XmlSlicer {
  readonly #name: string;
  readonly #limits: XmlLimits;
  readonly #parser: SaxesParser;
  readonly #path: string[] = [];
  /** Paths of open elements, joined. */
  readonly #paths: string[] = [];
  #pieces: XmlPiece[] = [];
  #failure: ContractError | undefined;
  #stack: Growing[] = [];
  #nodes = 0;
  #idle = 0;
  #replaced = 0;
  #hidden = false;
  #cut = false;
  #any = false;

  /** `parser`: a new one. */
  constructor(parser: SaxesParser, name: string, limits: XmlLimits, whole: ReadonlySet<string>, around: ReadonlySet<string>) {
    this.#parser = parser;
    this.#name = name;
    this.#limits = limits;
    parser.on('doctype', (doctype) => {
      this.#idle = 0;
      if (!/^\s*[\w:.-]+\s*$/.test(doctype))
        this.#fail('it declares a document type with entities or an address, which is never followed; such files are not read');
    });
    parser.on('opentag', (tag) => this.#open(tag, whole, around));
    parser.on('closetag', () => this.#close(whole, around));
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
    parser.on('comment', () => {
      this.#idle = 0;
    });
    parser.on('processinginstruction', () => {
      this.#idle = 0;
    });
    parser.on('error', ({ message }) => {
      const said = message.slice(0, 2000).replace(/^[^:]*:?\d+:\d+:\s*/, '');
      if (
        /disallowed character|character reference|malformed character/i.test(said) &&
        !/in (?:tag|attribute) name|start with/i.test(said)
      ) {
        if (++this.#replaced > mostReplaced) this.#fail('too many signs that XML forbids');
        return;
      }
      if (/undefined entity|entity/i.test(said))
        this.#fail('it uses an entity of its own, which is never followed; such files are not read');
      else this.#fail(`it is not well formed there (${said.replace(/\.$/, '').slice(0, 150)})`);
    });
  }

  feed(text: string): { readonly pieces: XmlPiece[]; readonly failure: ContractError | undefined } {
    if (this.#failure) return { pieces: [], failure: this.#failure };
    const clean = text.replace(forbidden, '\ufffd');
    if (clean !== text) this.#hidden = true;
    this.#idle += text.length;
    this.#step(() => this.#parser.write(clean));
    if (this.#idle > this.#limits.piece)
      this.#fail(`a single text of more than ${Math.round(this.#limits.piece / 1024 / 1024)} MiB`, 'too_large');
    return this.#taken();
  }

  finish(): { readonly pieces: XmlPiece[]; readonly failure: ContractError | undefined } {
    if (!this.#any && !this.#failure) this.#failure = new ContractError('invalid_input', `“${this.#name}” is empty, or no XML.`);
    if (!this.#failure) this.#step(() => this.#parser.close());
    if (this.#replaced > 0 || this.#hidden) this.#lose('signs that XML forbids are replaced by \ufffd or left out');
    return this.#taken();
  }

  #taken() {
    if (this.#cut) {
      this.#cut = false;
      this.#lose(`a text of more than ${this.#limits.text.toLocaleString('en-US')} characters is cut there`);
    }
    const pieces = this.#pieces;
    this.#pieces = [];
    return { pieces, failure: this.#failure };
  }

  #lose(what: string) {
    this.#pieces.push({ kind: 'loss', path: this.#paths.at(-1) ?? this.#name, element: nobody, what });
  }

  /** The parser throws for what it cannot go on from; a handler stops it by its own error. */
  #step(work: () => void) {
    try {
      work();
    } catch (error) {
      if (!this.#failure)
        this.#failure = new ContractError('invalid_input', `“${this.#name}” is no XML that can be read.`, { cause: error });
    }
  }

  #fail(what: string, code: 'invalid_input' | 'too_large' = 'invalid_input') {
    if (this.#failure) return;
    const { line, column } = this.#parser;
    this.#failure = new ContractError(code, `“${this.#name}” cannot be read past line ${line}, column ${column}: ${what}.`);
    throw this.#failure;
  }

  #open(tag: SaxesTagPlain, whole: ReadonlySet<string>, around: ReadonlySet<string>) {
    this.#idle = 0;
    this.#any = true;
    const name = localName(tag.name);
    if (this.#path.length >= this.#limits.depth) this.#fail(`elements nested deeper than ${this.#limits.depth}`);
    const attributes = this.#attributesOf(tag);
    const path = this.#paths.length === 0 ? name : `${this.#paths.at(-1)}/${name}`;
    this.#path.push(name);
    // Within a whole element the way does not matter; it is not built, so that depth costs nothing.
    this.#paths.push(this.#stack.length > 0 ? (this.#paths.at(-1) as string) : path);
    const parent = this.#stack.at(-1);
    const element: Growing = { name, attributes, children: [], text: '', at: parent?.text.length ?? 0, line: this.#parser.line };
    if (parent) {
      if (++this.#nodes > this.#limits.nodes)
        this.#fail(`one element holds more than ${this.#limits.nodes.toLocaleString('en-US')} others`);
      parent.children.push(element);
      this.#stack.push(element);
    } else if (whole.has(path)) {
      this.#nodes = 0;
      this.#stack.push(element);
    } else if (around.has(path)) this.#pieces.push({ kind: 'open', path, element });
  }

  #close(whole: ReadonlySet<string>, around: ReadonlySet<string>) {
    this.#idle = 0;
    this.#path.pop();
    const path = this.#paths.pop() as string;
    const element = this.#stack.pop();
    if (element) {
      const blanks = element.text.length - element.text.trimStart().length;
      if (blanks > 0) for (const child of element.children) child.at = Math.max(0, child.at - blanks);
      element.text = element.text.trim();
      if (this.#stack.length === 0 && whole.has(path)) this.#pieces.push({ kind: 'whole', path, element });
    } else if (around.has(path)) this.#pieces.push({ kind: 'close', path, element: nobody });
  }

  #text(text: string) {
    this.#idle = 0;
    const element = this.#stack.at(-1);
    if (!element) return;
    const free = this.#limits.text - element.text.length;
    if (text.length <= free) element.text += text;
    else {
      element.text += text.slice(0, Math.max(0, free)).toWellFormed();
      this.#cut = true;
    }
  }

  #attributesOf(tag: SaxesTagPlain): Readonly<Record<string, string>> {
    const attributes = Object.create(null) as Record<string, string>;
    let count = 0;
    for (const [name, value] of Object.entries(tag.attributes) as [string, string | SaxesAttributePlain][]) {
      if (++count > this.#limits.attributes) this.#fail(`an element with more than ${this.#limits.attributes} attributes`);
      const text = typeof value === 'string' ? value : value.value;
      if (text.length > this.#limits.text) this.#cut = true;
      attributes[name.startsWith('xmlns') ? name : localName(name)] = text.slice(0, this.#limits.text).toWellFormed();
    }
    return attributes;
  }
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function childOf(element: XmlElement | undefined, ...way: string[]): XmlElement | undefined {
  let found = element;
  for (const name of way) found = found?.children.find((child) => child.name === name);
  return found;
}

/** The text of a child, undefined where there is none or it is blank. */
export function childText(element: XmlElement | undefined, ...way: string[]): string | undefined {
  return childOf(element, ...way)?.text || undefined;
}

/** All elements of a name below one, in the order of the file. Never recurses. */
export function descendants(element: XmlElement, name: string): XmlElement[] {
  const found: XmlElement[] = [];
  const open = [element];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next !== element && next.name === name) found.push(next);
    for (let at = next.children.length - 1; at >= 0; at--) open.push(next.children[at] as XmlElement);
  }
  return found;
}
