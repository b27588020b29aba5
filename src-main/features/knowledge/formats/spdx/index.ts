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
import { documentFromTags } from './tag-value.ts';

const mostText = 128 * 1024 * 1024;

/** SPDX documents, versions 2.2 and 2.3, as JSON or as tags and values. */
export const spdx = defineFormat({
  id: 'spdx',
  title: 'SPDX bill of materials',
  from: ['Syft', 'GitHub', 'Microsoft SBOM Tool', 'Yocto', 'FOSSology', 'Trivy'],
  brings:
    'What the document describes becomes an asset that runs each package; packages by package URL or CPE with licences, suppliers and checksums, and how they depend on each other.',
  extensions: ['spdx', 'spdx.json', 'json'],

  detect({ text }) {
    const sketch = sketchJson(text);
    if (sketch.text('spdxVersion')?.startsWith('SPDX-'))
      return { confidence: 0.98, because: `its spdxVersion is ${sketch.text('spdxVersion')}` };
    if (sketch.root === 'object' && /"@context"\s*:\s*"https?:\/\/spdx\.org\/rdf\/3/.test(text))
      return { confidence: 0.9, because: 'its context is that of SPDX 3' };
    if (sketch.root === 'object' && sketch.paths.has('sbom.spdxVersion'))
      return { confidence: 0.95, because: 'it holds an SPDX document under “sbom”, as GitHub’s export does' };
    if (/^\s*(?:#[^\n]*\n\s*)*SPDXVersion:\s*SPDX-/.test(text)) return { confidence: 0.98, because: 'it begins with the tag SPDXVersion' };
    if (sketch.root === 'other' && /^["']?spdxVersion["']?:\s*["']?SPDX-/m.test(text))
      return { confidence: 0.95, because: 'it is YAML with an spdxVersion (which is refused by name)' };
    return { confidence: 0, because: 'it does not say spdxVersion' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const found = await documentOf(source, context);
  for (const loss of found.losses) yield loss;
  const { bom, remarks } = bomOf(found.document);
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
  let value: Json;
  if (start.startsWith('{') || start.startsWith('[')) {
    const read = await readJson(source.bytes(), { signal });
    value = read.value;
    for (const loss of read.losses) losses.push({ kind: 'loss', ...loss });
  } else {
    const text = await textOf(source, signal);
    if (/^\s*(?:#[^\n]*\n\s*)*[A-Z][A-Za-z]+:/.test(text)) return { document: documentFromTags(text, source.name, losses), losses };
    if (/^["']?spdxVersion["']?:/m.test(text))
      throw new ContractError(
        'invalid_input',
        `“${source.name}” is SPDX as YAML, which is not read; export it as JSON or as tags and values.`,
      );
    throw new ContractError('invalid_input', `“${source.name}” is no SPDX document: it is neither JSON nor tags and values.`);
  }
  const document = isObject(value) && isObject(value.sbom) ? value.sbom : value;
  if (isObject(document) && typeof document['@context'] === 'string' && /spdx\.org\/rdf\/3/.test(document['@context']))
    throw new ContractError(
      'invalid_input',
      `“${source.name}” is SPDX 3 (JSON-LD), which is not read yet; export it as SPDX 2.3 or CycloneDX.`,
    );
  if (!isObject(document) || typeof document.spdxVersion !== 'string')
    throw new ContractError('invalid_input', `“${source.name}” is no SPDX document: it has no spdxVersion.`);
  return { document, losses };
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
