import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contract } from '#shared/contract/index.ts';
import { contractDocs, contractDocsFile } from '../../build/generate-contract-docs.ts';
import { helpFile, helpSource } from '../../build/generate-help.ts';

describe('the help of the command line', () => {
  it('is what `npm run docs:contract` makes of the commands', () => {
    expect(readFileSync(helpFile, 'utf8').replaceAll('\r\n', '\n')).toBe(helpSource());
  });
});

describe('docs/contract.md', () => {
  const text = contractDocs();

  it('is what `npm run docs:contract` makes of the contract', () => {
    expect(readFileSync(contractDocsFile, 'utf8').replaceAll('\r\n', '\n')).toBe(text);
  });

  it('names every part with its sentence and what it needs', () => {
    for (const [word, parts] of Object.entries(contract))
      for (const [name, part] of Object.entries(parts)) {
        expect(text).toContain(`### ${word}.${name}\n\n${part.about} *${part.kind}`);
        if (part.kind !== 'event') expect(text).toContain(`needs ${part.needs}`);
      }
  });

  it('describes each shape that it names', () => {
    const shapes = new Set([...text.matchAll(/^### ([A-Z]\w*)$/gm)].map(([, name]) => name));
    const used = [...text.matchAll(/(?<![."\w])([A-Z][A-Za-z]+)(?=\[\]|;|\)|>| \||$)/gm)].map(([, name = '']) => name);
    const inCode = used.filter((name) => !['Blob', 'Array', 'JSON'].includes(name) && new RegExp(`[:(<] ?${name}`).test(text));
    expect(inCode.length).toBeGreaterThan(20);
    expect([...new Set(inCode)].filter((name) => !shapes.has(name))).toEqual([]);
  });

  it('shows limits, defaults and the headers of blobs', () => {
    expect(text).toMatch(/passphrase: string; \/\/ 8 to 1024 characters/);
    expect(text).toMatch(/limit\?: integer; \/\/ 1 to 200, 30 unless told/);
    expect(text).toMatch(/getGraphSnapshot\([\s\S]{0,120}Blob<\{\n {2}nodes: integer;/);
    expect(text).not.toMatch(/undefined|\[object|redoubt:blob/);
  });
});
