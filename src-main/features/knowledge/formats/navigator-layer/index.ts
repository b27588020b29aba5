import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { extensionObjectsFor, withExtension } from '#shared/domain/knowledge/extensions.ts';
import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { isObject, objectIn, textIn } from '../json-values.ts';
import { domainOf, techniqueIdPattern, whyNoLayer } from './layer.ts';

const MiB = 1024 * 1024;

/** ATT&CK Navigator layers of all versions, one or a list of them, each kept whole. */
export const navigatorLayer = defineFormat({
  id: 'navigator-layer',
  title: 'ATT&CK Navigator layer',
  from: ['MITRE ATT&CK Navigator'],
  brings: 'The layer whole, with scores, colours and comments, linked to its techniques.',
  extensions: ['json'],

  detect({ text }) {
    const { root, paths } = sketchJson(text);
    const at = root === 'array' ? '[].' : '';
    if (paths.has(`${at}techniques[].techniqueID`))
      return { confidence: 0.98, because: 'it lists techniques by techniqueID, as Navigator layers do' };
    if (paths.has(`${at}versions.layer`)) return { confidence: 0.97, because: 'it names the version of the layer format' };
    const marks = ['domain', 'techniques', 'gradient', 'hideDisabled', 'legendItems', 'tacticRowBackground', 'viewMode'];
    const found = marks.filter((mark) => paths.has(`${at}${mark}`));
    return found.length >= 3
      ? { confidence: 0.9, because: `it has a layer’s members ${found.slice(0, 3).join(', ')}` }
      : { confidence: 0, because: 'it has no layer’s members' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { value, losses } = await readJson(source.bytes(), {
    signal: context.signal,
    limits: { maxBytes: 64 * MiB, maxValueBytes: 64 * MiB },
  });
  const layers = Array.isArray(value) ? value : [value];
  if (layers.length === 0) throw new ContractError('invalid_input', `“${source.name}” is an empty list; it holds no layer.`);
  if (!layers.some((layer) => !whyNoLayer(layer))) {
    const why = whyNoLayer(layers[0]);
    throw new ContractError('invalid_input', `“${source.name}” holds no Navigator layer: ${why?.reason ?? 'nothing in it is one'}.`);
  }
  yield* extensionObjectsFor(['x-redoubt-layer']).map((object): Item => ({ kind: 'object', object, path: 'declarations' }));
  const used = new Map<string, number>();
  for (const [index, layer] of layers.entries()) {
    const path = Array.isArray(value) ? `[${index}]` : '';
    const why = whyNoLayer(layer);
    if (why || !isObject(layer)) {
      yield { kind: 'rejected', path: joined(path, why?.path ?? ''), reason: why?.reason ?? 'not a layer' };
    } else {
      yield* fromLayer(layer, path, context, used);
    }
  }
  for (const loss of losses) yield { kind: 'loss', ...loss };
}

function* fromLayer(layer: JsonObject, path: string, context: ReadContext, used: Map<string, number>): Iterable<Item> {
  const domain = domainOf(layer);
  const id = idOf(layer, domain, used);
  const refs = new Set<string>();
  const losses: Item[] = [];
  for (const [index, technique] of (Array.isArray(layer.techniques) ? layer.techniques : []).entries()) {
    const at = joined(path, `techniques[${index}]`);
    const external = isObject(technique) ? textIn(technique, 'techniqueID') : undefined;
    const lose = (what: string) =>
      losses.push({ kind: 'loss', id, path: `${at}.techniqueID`, what: `${what}; kept in the layer without a link` });
    if (external === undefined) {
      lose('a technique without a techniqueID');
      continue;
    }
    const target = context.findByExternalId(external);
    if (target?.startsWith('attack-pattern--')) refs.add(target);
    else if (techniqueIdPattern.test(external)) lose(`${external} is not known in this workspace`);
    else lose(`“${external.slice(0, 60)}” is not a technique id`);
  }
  const versions = objectIn(layer, 'versions');
  const attack = versions && textIn(versions, 'attack');
  const version = (versions && textIn(versions, 'layer')) ?? textIn(layer, 'version');
  const description = textIn(layer, 'description');
  const object = withExtension('x-redoubt-layer', {
    id,
    name: String(layer.name).trim(),
    ...(description ? { description } : {}),
    domain,
    ...(attack ? { attack_version: attack } : {}),
    ...(version ? { layer_version: version } : {}),
    ...(refs.size > 0 ? { technique_refs: [...refs] } : {}),
    layer: JSON.stringify(layer),
  });
  yield { kind: 'object', object, path: path || 'layer', stamp: true };
  yield* losses;
}

/**
 * A layer is known by domain and name, so that its next version replaces it; the names that the Navigator gives
 * by itself say nothing, there the content counts. A second layer of one file with both alike gets its number.
 */
function idOf(layer: JsonObject, domain: string, used: Map<string, number>): string {
  const name = String(layer.name).trim();
  const parts = /^(?:new )?layer(?: by operation)?\s*\d*$/i.test(name) ? [domain, name, canonical(layer)] : [domain, name];
  const key = canonical(parts);
  const count = (used.get(key) ?? 0) + 1;
  used.set(key, count);
  return generatedId('x-redoubt-layer', ...parts, ...(count > 1 ? [String(count)] : []));
}

function joined(path: string, inner: string): string {
  return path && inner ? `${path}.${inner}` : path || inner || 'layer';
}
