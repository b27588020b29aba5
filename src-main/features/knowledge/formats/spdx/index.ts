import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { bomItems } from '../assets/bom.ts';
import { createScan } from '../assets/scan.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { checkSignal, inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { isObject } from '../json-values.ts';
import { decodePieces, encodingOf } from '../text.ts';
import { bomOf } from './bom.ts';
import { bomOfGraph, isSpdx3 } from './graph.ts';
import { documentFromTags } from './tag-value.ts';
import { documentFromYaml } from './yaml.ts';

const mostText = 128 * 1024 * 1024;

/** SPDX documents: 2.2 and 2.3 as JSON, YAML or tags and values, 3.0 as JSON-LD. */
export const spdx = defineFormat({
  id: 'spdx',
  title: 'SPDX bill of materials',
  from: ['Syft', 'GitHub', 'Microsoft SBOM Tool', 'Yocto', 'FOSSology', 'Trivy'],
  brings:
    'What the document describes becomes an asset that runs each package; packages by package URL or CPE with licences, suppliers and checksums, how they depend on each other, and the vulnerabilities and VEX of SPDX 3.',
  extensions: ['spdx', 'spdx.json', 'spdx.yaml', 'json', 'yaml'],

  detect({ text }) {
    const sketch = sketchJson(text);
    if (sketch.text('spdxVersion')?.startsWith('SPDX-'))
      return { confidence: 0.98, because: `its spdxVersion is ${sketch.text('spdxVersion')}` };
    const context = sketch.text('@context') ?? sketch.text('@context[]');
    if (sketch.root === 'object' && context !== undefined && /^https?:\/\/spdx\.org\/rdf\/3/.test(context))
      return { confidence: 0.98, because: 'its context is that of SPDX 3' };
    if (sketch.root === 'object' && sketch.paths.has('@graph') && sketch.paths.has('@graph[].spdxId'))
      return { confidence: 0.95, because: 'its graph holds elements with SPDX ids, as SPDX 3 does' };
    if (sketch.root === 'object' && sketch.paths.has('sbom.spdxVersion'))
      return { confidence: 0.95, because: 'it holds an SPDX document under “sbom”, as GitHub’s export does' };
    if (/^\s*(?:#[^\n]*\n\s*)*SPDXVersion:\s*SPDX-/.test(text)) return { confidence: 0.98, because: 'it begins with the tag SPDXVersion' };
    if (sketch.root === 'other' && /^["']?spdxVersion["']?:\s*["']?SPDX-/m.test(text))
      return { confidence: 0.95, because: 'it is YAML with an spdxVersion' };
    return { confidence: 0, because: 'it does not say spdxVersion' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const found = await documentOf(source, context);
  for (const loss of found.losses) yield loss;
  const { bom, remarks } = isSpdx3(found.document) ? bomOfGraph(found.document) : bomOf(found.document);
  yield* remarks;
  yield* bomItems(bom, createScan(context, 'SPDX', 'x_redoubt_spdx'));
}

async function documentOf(source: Source, { signal }: ReadContext): Promise<{ document: JsonObject; losses: Item[] }> {
  let start = '';
  for await (const piece of source.bytes()) {
    start = new TextDecoder().decode(piece.subarray(0, 1024)).trimStart();
    break;
  }
  const losses: Item[] = [];
  if (start.startsWith('{') || start.startsWith('[')) {
    const { value, losses: read } = await readJson(source.bytes(), { signal });
    for (const loss of read) losses.push({ kind: 'loss', ...loss });
    return { document: checked(isObject(value) && isObject(value.sbom) ? value.sbom : value, source), losses };
  }
  const text = await textOf(source, signal);
  if (/^\s*(?:#[^\n]*\n\s*)*[A-Z][A-Za-z]+:/.test(text) && !/^["']?spdxVersion["']?\s*:/m.test(text))
    return { document: documentFromTags(text, source.name, losses), losses };
  if (/^["']?spdxVersion["']?\s*:/m.test(text)) return { document: checked(await documentFromYaml(text, source), source), losses };
  throw new ContractError('invalid_input', `“${source.name}” is no SPDX document: it is neither JSON, YAML nor tags and values.`);
}

function checked(document: Json, source: Source): JsonObject {
  if (isObject(document) && (isSpdx3(document) || typeof document.spdxVersion === 'string')) return document;
  throw new ContractError('invalid_input', `“${source.name}” is no SPDX document: it has neither an spdxVersion nor elements of SPDX 3.`);
}

async function textOf(source: Source, signal: AbortSignal): Promise<string> {
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of decodePieces(source.bytes(), await encodingOf(source.bytes()))) {
    checkSignal(signal);
    length += piece.length;
    if (length > mostText) throw new ContractError('too_large', `“${source.name}” is longer than 128 MiB of text; export it as JSON.`);
    pieces.push(piece);
  }
  checkSignal(signal);
  return pieces.join('').replaceAll('\r\n', '\n');
}
