import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { stix } from '../stix/index.ts';

/**
 * What TAXII 2.x clients and servers save besides single envelopes, which are read as STIX: several pages in one list,
 * a server's whole store (medallion's), a collection with its objects. What holds no objects (a manifest, a list of
 * collections) is recognised and refused with the reason. TAXII 2.1, sections 3 to 5.
 */
export const taxii = defineFormat({
  id: 'taxii',
  title: 'TAXII collections and pages',
  from: ['Any TAXII 2.1 server', 'medallion', 'taxii2-client'],
  brings: 'The STIX objects of all pages and collections in the file, with what the manifest names and the file lacks.',
  extensions: ['json'],

  detect({ text }) {
    const { root, paths } = sketchJson(text);
    const has = (...names: string[]) => names.every((name) => paths.has(name));
    const at = (confidence: number, because: string) => ({ confidence, because });
    if (root === 'array' && has('[].objects') && (has('[].more') || has('[].next')) && !has('[].type'))
      return at(0.93, 'it is a list of pages, as a TAXII server sends them');
    if (root === 'object') {
      if (has('/discovery') || [...paths].some((path) => /^[^.]+\.collections\[\]\.can_(?:read|write)$/.test(path)))
        return at(0.95, 'it is the store of a TAXII server, with its collections');
      if (has('can_read', 'objects') && has('can_write')) return at(0.93, 'it is a TAXII collection with its objects');
      if (has('objects[].date_added', 'objects[].version')) return at(0.95, 'it is the manifest of a TAXII collection');
      if (has('collections[].can_read')) return at(0.95, 'it lists the collections of a TAXII server');
      if (has('api_roots', 'title') || has('max_content_length', 'versions')) return at(0.9, 'it is what a TAXII server says of itself');
      if (has('request_timestamp', 'success_count') || has('success_count', 'pending_count'))
        return at(0.9, 'it is the status of a request to a TAXII server');
    }
    return at(0, 'it has no pages or collections of TAXII');
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

/** A list of STIX objects and where it stands. */
interface Envelope {
  readonly path: string;
  readonly objects: readonly Json[];
}

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { value, losses } = await readJson(source.bytes(), { signal: context.signal });
  const others: Item[] = [];
  const envelopes = [...envelopesOf(value, source.name, others)];
  if (!envelopes.some(({ objects }) => objects.length > 0)) throw new ContractError('invalid_input', whyEmpty(value, source.name));
  for (const { path, objects } of envelopes) {
    if (objects.length === 0) continue;
    // The rules and the report are those of STIX; only the place in the file is longer.
    const text = new TextEncoder().encode(JSON.stringify({ objects }));
    const page: Source = {
      name: source.name,
      async *bytes() {
        yield text;
      },
    };
    for await (const batch of stix.read(page, context))
      for (const item of batch) yield { ...item, path: item.path === '' ? path : `${path}.${item.path}` };
  }
  yield* others;
  for (const loss of losses) yield { kind: 'loss', ...loss };
}

function* envelopesOf(value: Json, name: string, others: Item[]): Iterable<Envelope> {
  if (Array.isArray(value)) {
    for (const [index, page] of value.entries()) {
      const path = `[${index}]`;
      if (!isObject(page) || !Array.isArray(page['objects']))
        others.push({ kind: 'rejected', path, reason: 'is no page: it has no list of objects' });
      else {
        if (index === value.length - 1 && page['more'] === true)
          others.push({ kind: 'loss', path: `${path}.more`, what: 'the server has more objects than this file holds' });
        yield { path, objects: page['objects'] };
      }
    }
    return;
  }
  if (!isObject(value)) throw new ContractError('invalid_input', `“${name}” holds no pages or collections of TAXII.`);
  if (Object.hasOwn(value, 'can_read')) yield* collection(value, '', others);
  else if (Array.isArray(value['collections'])) yield* collections(value, '', others);
  else
    for (const [root, inside] of Object.entries(value)) {
      if (!isObject(inside)) {
        others.push({ kind: 'loss', path: root, what: 'is not an API root and is not kept' });
        continue;
      }
      if (Array.isArray(inside['collections'])) yield* collections(inside, root, others);
      if (root === '/discovery') others.push({ kind: 'loss', path: root, what: 'what the server says of itself is not kept' });
      else if (listIn(inside, 'status').length > 0)
        others.push({ kind: 'loss', path: `${root}.status`, what: `${listIn(inside, 'status').length} states of requests are not kept` });
    }
}

function* collections(root: JsonObject, path: string, others: Item[]): Iterable<Envelope> {
  for (const [index, one] of listIn(root, 'collections').entries()) {
    const here = `${path === '' ? '' : `${path}.`}collections[${index}]`;
    if (isObject(one)) yield* collection(one, here, others);
    else others.push({ kind: 'rejected', path: here, reason: 'is no collection' });
  }
}

function* collection(one: JsonObject, path: string, others: Item[]): Iterable<Envelope> {
  const objects = listIn(one, 'objects');
  const named = textIn(one, 'title') ?? textIn(one, 'id') ?? 'a collection';
  const here = path || 'collection';
  others.push({
    kind: 'loss',
    path: here,
    what: `the collection “${named.slice(0, 200)}” itself is not kept${objects.length > 0 ? '; its objects are' : ', it holds no objects'}`,
  });
  const versions = new Set(
    objects.flatMap((object) => (isObject(object) ? [key(object, 'modified'), key(object, 'created'), `${textIn(object, 'id')} `] : [])),
  );
  for (const [index, entry] of listIn(one, 'manifest').entries()) {
    if (isObject(entry) && !versions.has(key(entry, 'version')) && !versions.has(`${textIn(entry, 'id')} `))
      others.push({
        kind: 'loss',
        ...(textIn(entry, 'id') && { id: (textIn(entry, 'id') as string).slice(0, 300) }),
        path: `${here}.manifest[${index}]`,
        what: 'names an object that the file does not hold',
      });
  }
  yield { path: `${here}`, objects };
}

const key = (object: JsonObject, time: string) => `${textIn(object, 'id')} ${textIn(object, time)}`;

function whyEmpty(value: Json, name: string): string {
  const entries = isObject(value) ? listIn(value, 'objects') : [];
  if (entries.some((entry) => isObject(entry) && Object.hasOwn(entry, 'date_added')))
    return `“${name}” is a TAXII manifest: it names ${entries.length} objects and holds none of them. Save the collection’s objects instead.`;
  if (isObject(value) && (Object.hasOwn(value, 'collections') || objectIn(value, '/discovery')))
    return `“${name}” names collections of a TAXII server that hold no objects here. Save a collection’s objects.`;
  return `“${name}” holds no STIX objects, only what a TAXII server says of itself or of a request.`;
}
