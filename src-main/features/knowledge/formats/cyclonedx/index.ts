import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { bomItems } from '../assets/bom.ts';
import { createScan } from '../assets/scan.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { isObject } from '../json-values.ts';
import { sketchXml, streamXml, wrongRoot } from '../xml-stream/index.ts';
import { bomOf } from './bom.ts';
import { bomFromXml } from './from-xml.ts';

/** Enough for some hundred thousand components. */
const xmlNodes = 5_000_000;

/** CycloneDX bills of materials and VEX statements, as JSON or XML, versions 1.2 to 1.6. */
export const cyclonedx = defineFormat({
  id: 'cyclonedx',
  title: 'CycloneDX bill of materials',
  from: ['Syft', 'cdxgen', 'Dependency-Track', 'Trivy', 'GitHub', 'OWASP CycloneDX plugins'],
  brings:
    'What the bill is of becomes an asset that runs each component; components by package URL or CPE with licences and hashes, dependencies, vulnerabilities and VEX judgements.',
  extensions: ['json', 'xml', 'cdx', 'cdx.json', 'bom'],

  detect({ text }) {
    const sketch = sketchJson(text);
    if (sketch.text('bomFormat') === 'CycloneDX') return { confidence: 0.98, because: 'its bomFormat is CycloneDX' };
    const xml = sketchXml(text);
    return xml?.root === 'bom' && xml.tag.includes('cyclonedx.org/schema/bom')
      ? { confidence: 0.98, because: 'its first element is a bom of CycloneDX' }
      : { confidence: 0, because: 'neither bomFormat nor a bom element says CycloneDX' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  let start = '';
  for await (const piece of source.bytes()) {
    start = new TextDecoder().decode(piece.subarray(0, 256)).trimStart();
    break;
  }
  let document: JsonObject | undefined;
  if (start.startsWith('<')) {
    const options = { whole: new Set(['bom']), signal: context.signal, limits: { nodes: xmlNodes } };
    for await (const pieces of streamXml(source, options))
      for (const { kind, path, element, what } of pieces) {
        if (kind === 'loss') yield { kind: 'loss', path, what: what ?? '' };
        else document ??= bomFromXml(element);
      }
    if (!document) throw wrongRoot(source, 'bill of materials of CycloneDX');
  } else {
    const { value, losses } = await readJson(source.bytes(), { signal: context.signal });
    for (const loss of losses) yield { kind: 'loss', ...loss };
    if (!isObject(value) || (value.bomFormat !== 'CycloneDX' && typeof value.specVersion !== 'string'))
      throw new ContractError('invalid_input', `“${source.name}” is no bill of materials of CycloneDX: it has no bomFormat.`);
    document = value;
  }
  const { bom, remarks } = bomOf(document);
  yield* remarks;
  yield* bomItems(bom, createScan(context, 'CycloneDX', 'x_redoubt_cyclonedx'));
}
