import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { describe, expect, it } from 'vitest';
import { en } from './en/index.ts';
import { createText, type MessageKey } from './index.ts';
import { pseudo } from './pseudo.ts';

const room = join(import.meta.dirname, '..');
const sources = readdirSync(room, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|\.d\.ts$|^messages\/|^dev\//.test(file))
  .map((file) => ({ file, text: readFileSync(join(room, file), 'utf8') }));

describe('the catalogue', () => {
  it('compiles every message and leaves no argument unfilled', () => {
    const t = createText('en');
    for (const key of Object.keys(en) as MessageKey[]) {
      const values = Object.fromEntries([...en[key].matchAll(/\{(\w+)/g)].map(([, name]) => [name, 3]));
      const said = t(key, values);
      expect(said, key).not.toMatch(/[{}]/);
      expect(said.trim(), key).not.toBe('');
    }
  });

  it('brackets and lengthens every message in the made-up language and keeps its arguments', () => {
    const made = pseudo(en);
    const t = createText('en-XA');
    for (const key of Object.keys(en) as MessageKey[]) {
      expect(made[key]).toMatch(/^⟦.*⟧$/);
      expect(made[key].length).toBeGreaterThan(en[key].length);
      const names = (message: string) => [...message.matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name).sort();
      expect(names(made[key]), key).toEqual(names(en[key]));
      expect(() => t(key, Object.fromEntries(names(en[key]).map((name) => [name, 1])))).not.toThrow();
    }
  });

  it('speaks in the plural', () => {
    const t = createText('en');
    expect([0, 1, 2].map((count) => t('seal.off', { count }))).toEqual([
      'Network: off · 0 requests',
      'Network: off · 1 request',
      'Network: off · 2 requests',
    ]);
  });

  it('has no message that nobody says', () => {
    const all = sources.map(({ text }) => text).join('\n');
    const composed = [...all.matchAll(/t\(`([\w.]+)\$\{/g)].map(([, start]) => start ?? '');
    const unused = (Object.keys(en) as MessageKey[]).filter(
      (key) => !all.includes(`'${key}'`) && !all.includes(`"${key}"`) && !composed.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });
});

describe('views', () => {
  it('are read at all', () => {
    expect(sources.filter(({ file }) => file.endsWith('.tsx')).length).toBeGreaterThan(30);
  });

  it.each(sources.filter(({ file }) => file.endsWith('.tsx')))('$file has no text of its own', ({ file, text }) => {
    expect(hardCoded(text, file)).toEqual([]);
  });

  it('would be caught with one', () => {
    const planted = '<a title="Go there" href="x">Words{t(`nav.home`)}<b aria-label={`Close it`}/>{"more words"}</a>';
    expect(hardCoded(planted, 'planted.tsx').sort()).toEqual(['Close it', 'Go there', 'Words', 'more words']);
  });
});

const spoken = new Set(['title', 'aria-label', 'label', 'placeholder', 'alt', 'hint', 'aria-description', 'heading']);

interface Syntax {
  type: string;
  [part: string]: unknown;
}

/** Texts with a word in them that stand in JSX, or in the attributes that people see or hear. */
function hardCoded(source: string, file: string): string[] {
  const found: string[] = [];
  const note = (text: unknown) => {
    if (typeof text === 'string' && /\p{L}{2,}/u.test(text)) found.push(text.trim());
  };
  const noteExpression = (value: unknown) => {
    if (!isSyntax(value)) return;
    if (value.type === 'StringLiteral') note(value.value);
    else if (value.type === 'TemplateLiteral') for (const piece of value.quasis as Syntax[]) note(piece.cooked);
    else if (value.type === 'ConditionalExpression') {
      noteExpression(value.consequent);
      noteExpression(value.alternate);
    }
  };
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (!isSyntax(node)) return;
    if (node.type === 'JSXText') note(node.value);
    if (node.type === 'JSXAttribute' && spoken.has(String((node.name as Syntax).value))) {
      const value = node.value as Syntax | null;
      noteExpression(value?.type === 'JSXExpressionContainer' ? value.expression : value);
    }
    if (node.type === 'JSXElement')
      for (const child of node.children as Syntax[]) if (child.type === 'JSXExpressionContainer') noteExpression(child.expression);
    for (const [name, part] of Object.entries(node)) if (name !== 'span') walk(part);
  };
  walk(parseSync(file === 'planted.tsx' ? `const x = ${source}` : source, { syntax: 'typescript', tsx: true, target: 'esnext' }));
  return found;
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

describe('values in a message', () => {
  it('that turn direction stand within isolates, one each, and the rest as it is', () => {
    const t = createText('en');
    const said = (tag: string) => t('entity.removeTag', { tag });
    expect(said('plain')).toBe('Remove the tag plain');
    expect(said('שלום')).toBe('Remove the tag \u2068שלום\u2069');
    // An override that is never closed ends with the isolate; an end of an isolate in the name does not end ours.
    expect(said('\u202e\u2069evil')).toBe('Remove the tag \u2068\u202eevil\u2069');
  });
});
