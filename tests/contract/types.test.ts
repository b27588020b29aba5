import { beforeAll, describe, expect, it } from 'vitest';
import { compileIn } from '../architecture/compile.ts';

const head = `
import { z } from 'zod';
import { command, event, query } from '../../src-shared/contract/define.ts';
import { contract } from '../../src-shared/contract/index.ts';
import { createClient } from '../../src-shared/transport/client.ts';
import { memoryChannel } from '../../src-shared/transport/memory-channel.ts';
import type { Emit, Handlers } from '../../src-shared/transport/serve.ts';
const client = createClient(contract, memoryChannel()[0]);
const small = { a: {
  read: query('Reads.', z.strictObject({ n: z.int() }), z.string()),
  write: command('Writes.', z.void(), z.int()),
  told: event('Told.', z.string()),
} };
type Small = Handlers<typeof small>;
declare const emit: Emit<typeof small>;
`.trim();

/** The same errors with a guess at what was meant. */
const plain: Record<string, string> = { TS2551: 'TS2339', TS2561: 'TS2353' };

/** What it is, the line, the compiler's code for it. */
const wrong: [what: string, line: string, code: string][] = [
  ['a misspelt call', 'export const x1 = client.knowledge.serach({ text: "" });', 'TS2339'],
  ['a misspelt word', 'export const x2 = client.knowlege.search({ text: "" });', 'TS2339'],
  ['an event as a call', 'export const x3 = client.knowledge.graphChanged();', 'TS2339'],
  ['a call as an event', 'export const x4 = client.knowledge.onSearch(() => undefined);', 'TS2339'],
  ['an input of the wrong shape', 'export const x5 = client.knowledge.search({ text: 1 });', 'TS2322'],
  ['an input with an unknown key', 'export const x6 = client.knowledge.search({ text: "", txet: 1 });', 'TS2353'],
  ['a missing input', 'export const x7 = client.knowledge.search();', 'TS2554'],
  ['an answer used as what it is not', 'export const x8: Promise<string> = client.knowledge.getStats();', 'TS2322'],
  ['a missing handler', 'export const h1: Small = { a: { read: () => "" } };', 'TS2741'],
  ['a misspelt handler', 'export const h2: Small = { a: { read: () => "", write: () => 1, raed: () => "" } };', 'TS2353'],
  ['a handler for an event', 'export const h3: Small = { a: { read: () => "", write: () => 1, told: () => "" } };', 'TS2353'],
  ['a handler with a wrong answer', 'export const h4: Small = { a: { read: ({ n }) => n, write: () => 1 } };', 'TS2322'],
  ['a handler that wants another input', 'export const h5: Small = { a: { read: (x: string) => x, write: () => 1 } };', 'TS2322'],
  ['a wrong payload told', 'emit("a.told", 1);', 'TS2345'],
  ['a call told as an event', 'emit("a.read", "x");', 'TS2345'],
  ['a misspelt event told', 'emit("a.tolt", "x");', 'TS2345'],
];
const right = [
  'export const y1 = client.knowledge.search({ text: "" });',
  'export const y2: Promise<unknown> = client.admin.getWorkspace();',
  'export const y3 = client.jobs.onProgressed((job) => job.jobId);',
  'export const y4: Small = { a: { read: async ({ n }) => String(n), write: () => 1 } };',
  'emit("a.told", "x");',
];

describe('the contract as types', () => {
  const codes = new Map<number, string[]>();
  const first = head.split('\n').length + 1;

  beforeAll(async () => {
    const text = [head, ...wrong.map(([, line]) => line), ...right].join('\n');
    for (const error of await compileIn('src-shared', text)) {
      const [line = '', code = ''] = error.split(' ');
      codes.set(Number(line), [...(codes.get(Number(line)) ?? []), plain[code] ?? code]);
    }
  }, 60_000);

  it.each(wrong.map(([what, , code], index) => ({ what, code, line: first + index })))('refuses $what', ({ line, code }) => {
    expect(codes.get(line) ?? []).toEqual([code]);
  });

  it('accepts what is right, and nothing else is refused', () => {
    const expected = new Set(wrong.map((_, index) => first + index));
    expect([...codes.keys()].filter((line) => !expected.has(line))).toEqual([]);
  });
});
