import { timestampPrecision } from './timestamps.ts';
import { isBase64 } from './values.ts';

/** Why a text is no STIX pattern; `at` counts UTF-16 units from the start. */
export interface PatternFault {
  readonly at: number;
  readonly reason: string;
}

interface Token {
  readonly kind: 'word' | 'string' | 'hex' | 'binary' | 'time' | 'integer' | 'float' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const MAX_NESTING = 100;

class Fault extends Error {
  readonly at: number;
  constructor(at: number, reason: string) {
    super(reason);
    this.at = at;
  }
}

/*
 * Sticky expressions that cannot backtrack: each repeats one class of characters. Strings and block
 * comments, which may be long, are walked by hand.
 */
const space = /\s+/y;
const lineComment = /\/\/[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_-]*/y;
const number = /[+-]?(?:[0-9]*\.[0-9]+|[0-9]+)/y;
const sign = /==|=|!=|<>|<=|>=|<|>|[[\](),.:*]/y;

function matchAt(expression: RegExp, text: string, at: number): string {
  expression.lastIndex = at;
  return expression.exec(text)?.[0] ?? '';
}

class Tokens {
  readonly #text: string;
  #at = 0;
  #next: Token;

  constructor(text: string) {
    this.#text = text;
    this.#next = this.#read();
  }

  get next(): Token {
    return this.#next;
  }

  take(): Token {
    const token = this.#next;
    this.#next = this.#read();
    return token;
  }

  is(text: string): boolean {
    return (this.#next.kind === 'word' || this.#next.kind === 'sign') && this.#next.text === text;
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.take();
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`${text} is expected`);
  }

  fail(expected: string): never {
    const { kind, text, at } = this.#next;
    throw new Fault(at, kind === 'end' ? `it ends where ${expected}` : `“${text.slice(0, 40)}” stands where ${expected}`);
  }

  #read(): Token {
    const at = this.#skipBlank();
    const token = this.#cut(at);
    this.#at = at + token.text.length;
    return token;
  }

  #skipBlank(): number {
    for (let at = this.#at; ; ) {
      const before = at;
      at += matchAt(space, this.#text, at).length;
      at += matchAt(lineComment, this.#text, at).length;
      if (this.#text.startsWith('/*', at)) {
        const end = this.#text.indexOf('*/', at + 2);
        if (end < 0) throw new Fault(at, 'a comment begins here that does not end');
        at = end + 2;
      }
      if (at === before) return at;
    }
  }

  #cut(at: number): Token {
    const text = this.#text;
    if (at >= text.length) return { kind: 'end', text: '', at };
    const first = text[at] as string;
    if (first === "'") return { kind: 'string', text: this.#quoted(at), at };
    if ('hbt'.includes(first) && text[at + 1] === "'") {
      const literal = first + this.#quoted(at + 1);
      const inner = literal.slice(2, -1);
      if (first === 'h' && !(inner.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(inner)))
        throw new Fault(at, `${literal.slice(0, 40)} is no hexadecimal literal`);
      if (first === 'b' && inner !== '' && !isBase64(inner)) throw new Fault(at, `${literal.slice(0, 40)} is no base64 literal`);
      if (first === 't' && timestampPrecision(inner) < 0) throw new Fault(at, `${literal.slice(0, 40)} is no timestamp literal`);
      return { kind: first === 'h' ? 'hex' : first === 'b' ? 'binary' : 'time', text: literal, at };
    }
    const numeral = matchAt(number, text, at);
    if (numeral) {
      if (/^[+-]?0[0-9]/.test(numeral) && !numeral.includes('.')) throw new Fault(at, `${numeral.slice(0, 40)} has a leading zero`);
      return { kind: numeral.includes('.') ? 'float' : 'integer', text: numeral, at };
    }
    const name = matchAt(word, text, at);
    if (name) return { kind: 'word', text: name, at };
    const mark = matchAt(sign, text, at);
    if (mark) return { kind: 'sign', text: mark, at };
    throw new Fault(at, `“${String.fromCodePoint(text.codePointAt(at) as number)}” is not expected here`);
  }

  #quoted(at: number): string {
    const text = this.#text;
    for (let end = at + 1; end < text.length; end++) {
      if (text[end] === "'") return text.slice(at, end + 1);
      if (text[end] === '\\' && text[++end] !== "'" && text[end] !== '\\')
        throw new Fault(end - 1, "a backslash stands before something else than ' and \\");
    }
    throw new Fault(at, 'a string begins here that does not end');
  }
}

/** Types of objects that one object may have to satisfy a comparison; AND narrows, OR widens. */
type Types = ReadonlySet<string>;

const comparisons = new Set(['=', '==', '!=', '<>']);
const orderings = new Set(['<', '<=', '>', '>=']);
const textual = new Set(['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET']);
const keywords = new Set(
  'AND OR NOT FOLLOWEDBY LIKE MATCHES ISSUBSET ISSUPERSET EXISTS IN START STOP SECONDS WITHIN REPEATS TIMES true false'.split(' '),
);

class Parser {
  readonly #tokens: Tokens;
  #nesting = 0;
  /** Where AND asks one object to be of two types. */
  neverAt: number | undefined;

  constructor(text: string) {
    this.#tokens = new Tokens(text);
  }

  pattern(): void {
    this.#observations();
    if (this.#tokens.next.kind !== 'end') this.#tokens.fail('AND, OR, FOLLOWEDBY, a qualifier or the end is expected');
  }

  #deeper(inner: () => void): void {
    if (++this.#nesting > MAX_NESTING) throw new Fault(this.#tokens.next.at, `it is nested deeper than ${MAX_NESTING} levels`);
    inner();
    this.#nesting--;
  }

  /** Precedence does not matter to well-formedness here: one chain of AND, OR and FOLLOWEDBY. */
  #observations(): void {
    do this.#observation();
    while (this.#tokens.accept('AND') || this.#tokens.accept('OR') || this.#tokens.accept('FOLLOWEDBY'));
  }

  #observation(): void {
    const tokens = this.#tokens;
    if (tokens.accept('(')) {
      this.#deeper(() => this.#observations());
      tokens.expect(')');
    } else if (tokens.accept('[')) {
      this.#comparison();
      tokens.expect(']');
    } else tokens.fail('[ or ( is expected');
    for (;;) {
      if (tokens.accept('START')) this.#window();
      else if (tokens.accept('WITHIN')) {
        this.#amount(false);
        tokens.expect('SECONDS');
      } else if (tokens.accept('REPEATS')) {
        this.#amount(true);
        tokens.expect('TIMES');
      } else return;
    }
  }

  #window(): void {
    const tokens = this.#tokens;
    const from = tokens.next;
    if (from.kind !== 'time') tokens.fail("a timestamp (t'…') is expected");
    tokens.take();
    tokens.expect('STOP');
    const to = tokens.next;
    if (to.kind !== 'time') tokens.fail("a timestamp (t'…') is expected");
    tokens.take();
    if (from.text >= to.text && from.text.length === to.text.length) throw new Fault(to.at, 'STOP is not later than START');
  }

  #amount(whole: boolean): void {
    const { kind, text } = this.#tokens.next;
    if ((kind !== 'integer' && (whole || kind !== 'float')) || !(Number(text) > 0))
      this.#tokens.fail(`a ${whole ? 'whole ' : ''}number above 0 is expected`);
    this.#tokens.take();
  }

  #comparison(): Types {
    const all = new Set(this.#conjunction());
    while (this.#tokens.accept('OR')) for (const type of this.#conjunction()) all.add(type);
    return all;
  }

  /** Comparisons joined by AND are about one object, so they need one type in common (section 9.5). */
  #conjunction(): Types {
    let common = this.#test();
    while (this.#tokens.is('AND')) {
      const { at } = this.#tokens.take();
      const next = this.#test();
      common = new Set([...common].filter((type) => next.has(type)));
      if (common.size === 0) this.neverAt ??= at;
    }
    return common;
  }

  #test(): Types {
    const tokens = this.#tokens;
    if (tokens.accept('(')) {
      let types: Types = new Set();
      this.#deeper(() => {
        types = this.#comparison();
      });
      tokens.expect(')');
      return types;
    }
    if (tokens.accept('EXISTS')) return this.#path();
    const types = this.#path();
    tokens.accept('NOT');
    const operator = tokens.next;
    if (operator.kind !== 'sign' && operator.kind !== 'word') tokens.fail('an operator is expected');
    if (comparisons.has(operator.text)) {
      tokens.take();
      this.#literal(true);
    } else if (orderings.has(operator.text)) {
      tokens.take();
      this.#literal(false);
    } else if (textual.has(operator.text)) {
      tokens.take();
      if (tokens.next.kind !== 'string') tokens.fail('a string is expected');
      tokens.take();
    } else if (tokens.accept('IN')) this.#set();
    else tokens.fail('an operator (=, !=, <, >, IN, LIKE, MATCHES, ISSUBSET, ISSUPERSET) is expected');
    return types;
  }

  #set(): void {
    this.#tokens.expect('(');
    if (this.#tokens.accept(')')) return;
    do this.#literal(true);
    while (this.#tokens.accept(','));
    this.#tokens.expect(')');
  }

  #literal(booleans: boolean): void {
    const { kind, text } = this.#tokens.next;
    if (kind === 'word' ? !(booleans && (text === 'true' || text === 'false')) : kind === 'sign' || kind === 'end')
      this.#tokens.fail('a value is expected');
    this.#tokens.take();
  }

  #path(): Types {
    const tokens = this.#tokens;
    const type = tokens.next;
    if (type.kind !== 'word' || keywords.has(type.text)) tokens.fail('a type and a property (type:property) are expected');
    tokens.take();
    tokens.expect(':');
    this.#step();
    for (;;) {
      if (tokens.accept('.')) this.#step();
      else if (tokens.accept('[')) {
        if (tokens.next.kind !== 'integer' && !tokens.is('*')) tokens.fail('an index or * is expected');
        tokens.take();
        tokens.expect(']');
      } else return new Set([type.text]);
    }
  }

  #step(): void {
    const { kind, text } = this.#tokens.next;
    if (kind !== 'string' && (kind !== 'word' || text.includes('-')))
      this.#tokens.fail('the name of a property is expected (in quotes where it has a hyphen)');
    this.#tokens.take();
  }
}

/**
 * Holds a text against the grammar of the STIX patterning language (2.1, section 9). `fault`: it is
 * no pattern; `remark`: it is one that nothing can match, because AND within one observation joins
 * properties of different types. Linear in the text; nesting is bounded at 100.
 */
export function checkPattern(pattern: string): { readonly fault?: PatternFault; readonly remark?: PatternFault } {
  try {
    const parser = new Parser(pattern);
    parser.pattern();
    if (parser.neverAt === undefined) return {};
    return {
      remark: { at: parser.neverAt, reason: 'AND within one observation joins properties of different types, which no object has' },
    };
  } catch (error) {
    if (error instanceof Fault) return { fault: { at: error.at, reason: error.message } };
    throw error;
  }
}
