import { describe, expect, it } from 'vitest';
import { isContractError } from '#shared/transport/errors.ts';
import { sourceFromBytes } from '../source.ts';
import { childText, descendants, sketchXml, streamXml, type XmlPiece } from './index.ts';

async function read(text: string | Uint8Array, whole: string[], around: string[] = []): Promise<{ pieces: XmlPiece[]; failed?: string }> {
  const pieces: XmlPiece[] = [];
  try {
    const source = await sourceFromBytes('x.xml', typeof text === 'string' ? new TextEncoder().encode(text) : text);
    const options = { whole: new Set(whole), around: new Set(around), signal: new AbortController().signal };
    for await (const some of streamXml(source, options)) pieces.push(...some);
    return { pieces };
  } catch (error) {
    if (!isContractError(error)) throw error;
    return { pieces, failed: error.message };
  }
}

describe('streamed XML', () => {
  it('gives wanted elements whole and the others by their ends', async () => {
    const { pieces } = await read(
      '<?xml version="1.0"?><!DOCTYPE r><r a="1"><b n="x">t<c>ü &amp; &#65;</c> u</b><d/><b/></r>',
      ['r/b'],
      ['r'],
    );
    expect(pieces.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['open r', 'whole r/b', 'whole r/b', 'close r']);
    expect(pieces[0]?.element.attributes['a']).toBe('1');
    expect(pieces[1]?.element).toMatchObject({ text: 't u', children: [{ name: 'c', text: 'ü & A' }] });
    expect(childText(pieces[1]?.element, 'c')).toBe('ü & A');
  });

  it('leaves name space prefixes out, and takes __proto__ for a name', async () => {
    const { pieces } = await read('<n:r xmlns:n="u"><n:b __proto__="p"><n:__proto__>q</n:__proto__></n:b></n:r>', ['r/b']);
    const element = pieces[0]?.element;
    expect(Object.keys(element?.attributes ?? {})).toEqual(['__proto__']);
    expect(element && descendants(element, '__proto__')[0]?.text).toBe('q');
    expect(({} as Record<string, unknown>)['q']).toBeUndefined();
  });

  it.each([
    ['billion laughs', '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r><b>&b;</b></r>', /never followed/],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><b>&x;</b></r>', /never followed/],
    ['an external DTD', '<!DOCTYPE r SYSTEM "http://a.example/x.dtd"><r><b/></r>', /never followed/],
    ['an undeclared entity', '<r><b>&x;</b></r>', /entity of its own/],
    ['depth', `<r>${'<b>'.repeat(500)}`, /nested deeper/],
    ['a tag left open', '<r><b>x</b>', /line 1/],
    ['no XML', 'hello', /line 1|no XML/],
    ['nothing', '', /empty/],
    ['many attributes', `<r ${Array.from({ length: 1000 }, (_, at) => `a${at}="1"`).join(' ')}/>`, /more than 500 attributes/],
  ])('refuses %s with a reason', async (_name, text, reason) => {
    expect((await read(text, ['r/b'])).failed).toMatch(reason);
  });

  it('gives what came before the fault', async () => {
    const { pieces, failed } = await read('<r><b>1</b><b>2</b><c></r>', ['r/b']);
    expect(pieces.map(({ element }) => element.text)).toEqual(['1', '2']);
    expect(failed).toMatch(/line 1/);
  });

  it('replaces signs that XML forbids and says so', async () => {
    const { pieces, failed } = await read('<r><b>a\u0000b\u001bc</b></r>', ['r/b']);
    expect(failed).toBeUndefined();
    expect(pieces[0]?.element.text).toBe('a\ufffdb\ufffdc');
    expect(pieces.at(-1)).toMatchObject({ kind: 'loss', what: expect.stringContaining('forbids') });
  });

  it('cuts a long text, and refuses one without end', async () => {
    const long = await read(`<r><b>${'x'.repeat(3 * 1024 * 1024)}</b></r>`, ['r/b']);
    expect(long.pieces.find(({ kind }) => kind === 'whole')?.element.text.length).toBe(1024 * 1024);
    expect(long.pieces.some(({ what }) => what?.includes('cut'))).toBe(true);
    const endless = await read(`<r><b c="${'x'.repeat(20 * 1024 * 1024)}`, ['r/b']);
    expect(endless.failed).toMatch(/more than 16 MiB/);
  });

  it('reads UTF-16 and Latin-1', async () => {
    expect((await read(Buffer.from('\ufeff<r><b>ü</b></r>', 'utf16le'), ['r/b'])).pieces[0]?.element.text).toBe('ü');
    expect(
      (await read(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><r><b>ü</b></r>', 'latin1'), ['r/b'])).pieces[0]?.element.text,
    ).toBe('ü');
  });

  it('sees the root through what stands before it', () => {
    expect(sketchXml('\ufeff<?xml version="1.0"?>\n<!-- x --><!DOCTYPE nmaprun>\n<?s y?>\n<nmaprun a="b">')).toEqual({
      root: 'nmaprun',
      tag: '<nmaprun a="b">',
      doctype: true,
    });
    expect(sketchXml('<n:bom xmlns:n="u">')?.root).toBe('bom');
    expect(sketchXml('{"a":1}')).toBeUndefined();
    expect(sketchXml('<'.repeat(100_000))).toBeUndefined();
    expect(sketchXml('<!--'.repeat(100_000))).toBeUndefined();
  });
});
