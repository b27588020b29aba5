import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { childText, sketchXml, streamXml, type XmlElement } from '../xml-stream/index.ts';
import { capecEdges } from './edges.ts';
import { createPatterns, type Cited } from './pattern.ts';

const root = 'Attack_Pattern_Catalog';
const pattern = `${root}/Attack_Patterns/Attack_Pattern`;
const cited = `${root}/External_References/External_Reference`;

/** CAPEC as MITRE's own catalogue (XML, schema 3). Its STIX edition is read as STIX. */
export const capec = defineFormat({
  id: 'capec',
  title: 'CAPEC catalogue (XML)',
  from: ['MITRE CAPEC'],
  brings:
    'Attack patterns with severity, likelihood, prerequisites, consequences and weaknesses, how they hang together, their mitigations, and the techniques of ATT&CK that they map to.',
  extensions: ['xml'],

  detect({ text }) {
    const sketch = sketchXml(text);
    return sketch?.root === root
      ? { confidence: 0.98, because: 'its first element is Attack_Pattern_Catalog, as that of CAPEC’s catalogue' }
      : { confidence: 0, because: 'its first element is not Attack_Pattern_Catalog' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const references = await referencesOf(source, context.signal);
  const edges = capecEdges(context);
  const left = new Map<string, number>();
  let patterns: ReturnType<typeof createPatterns> | undefined;
  const whole = new Set([pattern, `${root}/Categories/Category`, `${root}/Views/View`]);
  for await (const pieces of streamXml(source, { whole, around: new Set([root]), signal: context.signal })) {
    for (const { kind, path, element, what } of pieces) {
      if (kind === 'loss') yield { kind: 'loss', path, what: what ?? '' };
      else if (kind === 'open') patterns ??= createPatterns(context, element.attributes, references);
      else if (kind !== 'whole' || !patterns) continue;
      else if (path === pattern) yield* edges.with([...patterns.read(element)]);
      else left.set(element.name, (left.get(element.name) ?? 0) + 1);
    }
  }
  if (!patterns || patterns.count() === 0)
    throw new ContractError('invalid_input', `“${source.name}” is no catalogue of CAPEC: it holds no Attack_Pattern.`);
  for (const [name, count] of left)
    yield {
      kind: 'loss',
      path: name,
      what: `${count} of CAPEC’s ${name === 'View' ? 'views' : 'categories'} are left out; they only group patterns`,
    };
  yield* patterns.finish();
  yield* edges.finish();
}

/** What the patterns cite stands behind them in the file: a pass of its own. A file that breaks is told of by the other. */
async function referencesOf(source: Source, signal: AbortSignal): Promise<Map<string, Cited>> {
  const found = new Map<string, Cited>();
  try {
    for await (const pieces of streamXml(source, { whole: new Set([cited]), signal }))
      for (const { kind, element } of pieces) {
        const id = element.attributes['Reference_ID'];
        if (kind === 'whole' && id !== undefined && found.size < 100_000) found.set(id, citedOf(element));
      }
  } catch (error) {
    if (!(error instanceof ContractError) || error.code === 'cancelled') throw error;
  }
  return found;
}

function citedOf(element: XmlElement): Cited {
  const authors = element.children.flatMap(({ name, text }) => (name === 'Author' && text !== '' ? [text] : []));
  const words = [
    authors.slice(0, 20).join(', '),
    childText(element, 'Title'),
    childText(element, 'Publication_Year'),
    childText(element, 'Publisher'),
  ];
  return { text: words.filter(Boolean).join(', ').slice(0, 2000), url: childText(element, 'URL') };
}
