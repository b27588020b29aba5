import { withExtension } from '#shared/domain/knowledge/extensions.ts';
import { warninglistMatches } from '#shared/domain/knowledge/extensions/warninglist.ts';
import { generatedId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { type JsonElement, streamObjects } from '../json-stream/index.ts';
import { listIn, textIn } from '../json-values.ts';

const handled = new Set(['name', 'description', 'version', 'type', 'matching_attributes', 'category', 'list']);
const types: readonly string[] = warninglistMatches;
/** Values of one object; a longer list comes in parts, so that none makes the graph hold one huge row. */
const mostValues = 100_000;
const longestValue = 10_000;

/** MISP's warninglists: values that look like indicators and are none. One list a file. */
export const mispWarninglist = defineFormat({
  id: 'misp-warninglist',
  title: 'MISP warninglist',
  from: ['MISP'],
  brings: 'The list with its values and how they are compared, so that what it names is not taken for an indicator.',
  extensions: ['json'],

  detect({ text, complete }) {
    const { root, paths, text: valueOf } = sketchJson(text);
    if (root !== 'object' || !paths.has('list')) return { confidence: 0, because: 'it is no object with a list' };
    if (paths.has('values') || paths.has('list.type')) return { confidence: 0, because: 'its list is not one of plain values' };
    const typed = types.includes(valueOf('type') ?? '');
    if (paths.has('matching_attributes') && (typed || paths.has('name')))
      return { confidence: 0.97, because: 'it is a list of values with matching_attributes, as MISP’s warninglists are' };
    // A long list may push all else past the beginning of the file.
    if (typed && paths.has('name') && paths.has('version'))
      return { confidence: 0.85, because: 'it is a named list with one of the types of MISP’s warninglists' };
    if (!complete && paths.has('description') && [...paths].every((path) => handled.has(path)) && valueOf('list[]') !== undefined)
      return { confidence: 0.7, because: 'it is a description and a long list of plain values, as MISP’s warninglists are' };
    return { confidence: 0.2, because: 'it has a list, but not the name and type of a warninglist' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, { signal }: ReadContext): AsyncIterable<Item> {
  const members = new Map<string, JsonElement>();
  const values: string[] = [];
  const onMember = (member: JsonElement) => members.set(member.path, member);
  let elements = 0;
  let whole = false;
  for await (const batch of streamObjects(source.bytes(), { path: 'list', signal, onMember })) {
    for (const { path, value, fault, losses } of batch) {
      elements++;
      whole ||= !path.startsWith('list[');
      if (typeof value === 'string' && value.length <= longestValue) values.push(value);
      else yield { kind: 'rejected', path, reason: fault ?? whyNot(value) };
      for (const loss of losses ?? []) yield { kind: 'loss', ...loss };
    }
  }
  for (const { path, fault, losses } of members.values()) {
    if (fault !== undefined) yield { kind: 'rejected', path: path || 'file', reason: fault };
    for (const loss of losses ?? []) yield { kind: 'loss', ...loss };
  }
  const head = Object.fromEntries([...members].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value as Json]])));
  const type = textIn(head, 'type');
  const name = textIn(head, 'name')?.slice(0, 1000);
  if (whole || !name?.trim() || type === undefined || !types.includes(type) || (elements === 0 && !Array.isArray(head['list'])))
    throw new ContractError(
      'invalid_input',
      `“${source.name}” is not a MISP warninglist: it needs a name, a type (${types.join(', ')}) and a list.`,
    );
  yield* listOf(head, name, type, values);
}

function whyNot(value: Json | undefined): string {
  return typeof value === 'string' ? `a value of ${value.length} characters; at most ${longestValue} are kept` : 'not a text';
}

function* listOf(head: JsonObject, name: string, type: string, values: readonly string[]): Iterable<Item> {
  const attributes = listIn(head, 'matching_attributes');
  const matching = attributes.filter((one) => typeof one === 'string' && one.length <= 1000).slice(0, 10_000);
  if (matching.length < attributes.length)
    yield { kind: 'loss', path: 'matching_attributes', what: `${attributes.length - matching.length} that are no texts; left out` };
  const other = Object.entries(head).filter(([member]) => !handled.has(member));
  const parts = Math.max(1, Math.ceil(values.length / mostValues));
  const description = textIn(head, 'description')?.slice(0, 100_000);
  const category = textIn(head, 'category')?.slice(0, 10_000);
  const version = textIn(head, 'version')?.slice(0, 100);
  for (let part = 0; part < parts; part++) {
    const suffix = part === 0 ? '' : ` (part ${part + 1})`;
    const object = withExtension('x-redoubt-warninglist', {
      id: generatedId('x-redoubt-warninglist', name, ...(part === 0 ? [] : [String(part)])),
      name: `${name.slice(0, 1000 - suffix.length)}${suffix}`,
      ...(description ? { description } : {}),
      ...(version ? { version } : {}),
      list_type: type,
      ...(matching.length > 0 ? { matching_attributes: matching } : {}),
      ...(category ? { category } : {}),
      ...(values.length > 0 ? { list: values.slice(part * mostValues, (part + 1) * mostValues) } : {}),
      ...(other.length > 0 && part === 0 ? { x_misp_warninglist: Object.fromEntries(other) } : {}),
    });
    yield { kind: 'object', object, path: 'list', stamp: true };
  }
}
