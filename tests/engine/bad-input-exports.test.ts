import { parse } from 'csv-parse/sync';
import { SaxesParser } from 'saxes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportFormats as written } from '#main/features/knowledge/formats/index.ts';
import { exportFormats, type ExportFormatId } from '#shared/contract/knowledge/import.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { hostileTexts } from '../fuzz/hostile-texts.ts';
import { malware, malwareId, relationship, uuidOf } from '../faults/objects.ts';

/** Each way out, given hostile names: a real parser of its language gives every name back to the letter, and none is more than a text. */
const names = Object.values(hostileTexts).filter((text) => text.isWellFormed());

async function writeAs(id: ExportFormatId, given: readonly string[]): Promise<{ text: string; losses: string[] }> {
  const format = written.find((known) => known.id === id);
  if (!format) throw new Error(`nothing writes ${id}`);
  const objects: StixObject[] = given.flatMap((name, n) => [
    malware(n, { name, description: name, labels: [name], aliases: [name] }),
    {
      ...malware(n + 5000),
      type: 'attack-pattern',
      id: `attack-pattern--${uuidOf(n)}`,
      name,
      description: name,
      kill_chain_phases: [{ kill_chain_name: 'mitre-attack', phase_name: 'execution' }],
      external_references: [{ source_name: 'mitre-attack', external_id: `T${9000 + n}` }],
    } as StixObject,
    relationship(n + 9000, 'uses', malwareId(n), `attack-pattern--${uuidOf(n)}`, { description: name }),
  ]);
  async function* pages() {
    yield objects;
  }
  const losses: string[] = [];
  const signal = new AbortController().signal;
  const pieces = await Array.fromAsync(format.write(pages(), { signal, now: 0, lose: ({ what }) => losses.push(what) }));
  return { text: pieces.join(''), losses };
}

function stringsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') found.add(value);
  else if (value !== null && typeof value === 'object') for (const [name, item] of Object.entries(value)) stringsIn(item, found.add(name));
  return found;
}

function textsOfXml(text: string): Set<string> {
  const found = new Set<string>();
  const elements = new Set<string>();
  const parser = new SaxesParser();
  let content = '';
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    content = '';
    elements.add(name);
    for (const value of Object.values(attributes)) found.add(value);
  });
  parser.on('text', (piece) => {
    content += piece;
  });
  parser.on('closetag', () => found.add(content));
  parser.write(text).close();
  expect([...elements].sort()).toEqual(['data', 'edge', 'graph', 'graphml', 'key', 'node']);
  return found;
}

/** What a spreadsheet runs, as OWASP lists it, with the full-width forms; a number is a number. */
const runs = (cell: string) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^[+-]?\d+(?:\.\d+)?$/.test(cell);

function textsOfTable(text: string): Set<string> {
  const rows = parse(text) as string[][];
  const cells = rows.flat();
  expect(cells.filter(runs)).toEqual([]);
  expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  // A guard is one apostrophe before what would run.
  return new Set(cells.map((cell) => (/^'+/.test(cell) && runs(cell.replace(/^'+/, '')) ? cell.slice(1) : cell)));
}

const readBack: Readonly<Record<ExportFormatId, ((text: string) => Set<string>) | undefined>> = {
  'stix2.1': (text) => stringsIn(JSON.parse(text)),
  csv: textsOfTable,
  // Only techniques and their scores: no names of ours.
  'navigator-layer': undefined,
  // Only flows, whose nodes the format's own tests give back.
  'attack-flow': undefined,
  graphml: textsOfXml,
  'json-ld': (text) => stringsIn(JSON.parse(text)),
};

describe.each(exportFormats)('%s', (id) => {
  it('gives every hostile name back to the letter', async () => {
    const { text, losses } = await writeAs(id, names);
    const read = readBack[id];
    if (!read) {
      expect(() => JSON.parse(text) as unknown).not.toThrow();
      return;
    }
    const found = read(text);
    // XML has no signs below a blank but tab and line end, and reads CR LF as LF: the writer says so.
    const held = names.filter((name) => id !== 'graphml' || !/[\0-\x08\x0b\x0c\x0e-\x1f\r\ufffe\uffff]/.test(name));
    expect(held.filter((name) => !found.has(name))).toEqual([]);
    if (held.length < names.length) expect(losses.length).toBeGreaterThan(0);
  });

  it('keeps its form whatever the names are', async () => {
    const part = fc.constantFrom(...'=+-@\t\r\n\'"<>&;,|{}[]\\\0\u2028＝ a1', ']]>', '</script>', '\ud800', '\u202e', '__proto__');
    const name = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 5 }), async (given) => {
        const { text } = await writeAs(id, given);
        const found = (readBack[id] ?? ((json: string) => stringsIn(JSON.parse(json))))(text);
        if (id === 'csv' || id === 'stix2.1')
          for (const one of given) expect([...found]).toContain(id === 'csv' ? one.toWellFormed() : one);
      }),
      { numRuns: 60 },
    );
  });
});
