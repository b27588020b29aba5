import { generatedId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { listIn, objectIn, textIn } from '../json-values.ts';
import { undated } from '../linked.ts';
import { declaration, declared } from './declaration.ts';
import { type Block, type Diagram, diagramFrom } from './diagram.ts';
import { idFor, type Made, needsRefs, objectFrom, references } from './objects.ts';

const MiB = 1024 * 1024;
const scopes = new Set(['incident', 'campaign', 'threat-actor', 'malware', 'emulation-plan', 'attack-tree', 'other']);

/** Attack Flow Builder’s own files (.afb), versions 2 and 3. The STIX form is read as STIX. */
export const attackFlow = defineFormat({
  id: 'attack-flow',
  title: 'Attack Flow (.afb)',
  from: ['MITRE Attack Flow Builder'],
  brings:
    'The flow with its actions, conditions, operators, assets and other boxes, joined to techniques and tactics, and where they stand.',
  extensions: ['afb'],

  detect({ text }) {
    const sketch = sketchJson(text);
    const schema = sketch.text('schema');
    if (sketch.root === 'object' && schema?.startsWith('attack_flow'))
      return { confidence: 0.98, because: `its schema is ${schema}, as Attack Flow Builder 3 saves it` };
    if (sketch.root === 'object' && sketch.paths.has('schema.page_template') && text.includes('"@__builtin__'))
      return { confidence: 0.97, because: 'it holds the templates that Attack Flow Builder 2 saves' };
    return { confidence: 0, because: 'it has neither the schema nor the templates of Attack Flow Builder' };
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
  const diagram = diagramFrom(value, source.name);
  yield* new Flow(diagram, value as JsonObject, context).items();
  for (const loss of losses) yield { kind: 'loss', ...loss };
}

class Flow {
  readonly #diagram: Diagram;
  readonly #file: JsonObject;
  readonly #context: ReadContext;
  readonly #given: Set<string>;
  readonly #made = new Map<Block, Made>();
  readonly #incoming = new Set<Block>();

  constructor(diagram: Diagram, file: JsonObject, context: ReadContext) {
    this.#diagram = diagram;
    this.#file = file;
    this.#context = context;
    this.#given = context.given ?? new Set();
  }

  *items(): Iterable<Item> {
    for (const object of declaration) {
      if (this.#given.has(object.id)) continue;
      this.#given.add(object.id);
      yield { kind: 'object', object, path: 'declarations', partial: true };
    }
    for (const { path, reason } of this.#diagram.faults) yield { kind: 'rejected', path, reason };
    const used = new Set<string>();
    for (const block of this.#diagram.blocks) {
      const made = objectFrom(block, this.#context, this.#given);
      if ('reason' in made) yield { kind: 'rejected', id: block.instance.slice(0, 100), path: block.path, reason: made.reason };
      else this.#made.set(block, made);
    }
    const edges = this.#embed();
    for (const { object, item, before, losses } of this.#made.values()) {
      yield* before;
      for (const loss of losses) yield { kind: 'loss', id: object.id, path: `${item.path}.${loss.path}`, what: loss.what };
      if (needsRefs.has(object.type) && !Array.isArray(object['object_refs'])) object['object_refs'] = [this.#flowId()];
      // The same address or file may stand in several boxes.
      if (used.has(object.id)) continue;
      used.add(object.id);
      yield item;
    }
    yield* this.#flow(used);
    yield* edges;
  }

  #flowId(): string {
    return idFor('attack-flow', this.#diagram.flow.instance);
  }

  /** Lines as the references of the Attack Flow language 2.0.0; where it has none, as relationships. */
  #embed(): Item[] {
    const others: Item[] = [];
    const related = new Set<string>();
    for (const { from, to, branch, path } of this.#diagram.lines) {
      const source = this.#made.get(from)?.object;
      const target = this.#made.get(to)?.object;
      if (!source || !target) {
        others.push({ kind: 'rejected', path, reason: 'a line from or to a box that was rejected' });
        continue;
      }
      this.#incoming.add(to);
      if (embedded(source, target, branch)) continue;
      const id = relationshipId('related-to', source.id, target.id);
      if (related.has(id) || source.id === target.id) {
        others.push({ kind: 'loss', id: source.id, path, what: 'a second line between the same two; the first is kept' });
        continue;
      }
      related.add(id);
      const object: StixObject = {
        type: 'relationship',
        spec_version: '2.1',
        id,
        relationship_type: 'related-to',
        source_ref: source.id,
        target_ref: target.id,
      };
      others.push({ kind: 'object', object, path, stamp: true });
    }
    return others;
  }

  *#flow(members: ReadonlySet<string>): Iterable<Item> {
    const { properties, path } = this.#diagram.flow;
    const id = this.#flowId();
    const author = objectIn(properties, 'author');
    const authorName = author && textIn(author, 'name');
    const authorId = authorName ? generatedId('identity', 'attack-flow', authorName) : undefined;
    if (author && authorName && authorId) {
      const identityClass = textIn(author, 'identity_class')?.toLowerCase();
      const contact = textIn(author, 'contact_information');
      const object: StixObject = {
        type: 'identity',
        spec_version: '2.1',
        id: authorId,
        name: authorName,
        ...(identityClass ? { identity_class: identityClass } : {}),
        ...(contact ? { contact_information: contact } : {}),
      };
      if (!this.#given.has(authorId)) yield { kind: 'object', object, path: `${path}.author`, stamp: true };
      this.#given.add(authorId);
    }
    const scope = textIn(properties, 'scope')?.toLowerCase();
    if (scope && !scopes.has(scope))
      yield { kind: 'loss', id, path: `${path}.scope`, what: `“${scope.slice(0, 60)}” is no scope of Attack Flow; “other” is kept` };
    const starts = this.#starts();
    if (starts.length === 0)
      yield { kind: 'loss', id, path: `${path}.start_refs`, what: 'the flow has no action or condition to start from' };
    const known = new Set(['name', 'description', 'scope', 'author', 'external_references', 'created', 'start_refs']);
    for (const name of Object.keys(properties))
      if (!known.has(name)) yield { kind: 'loss', id, path: `${path}.${name}`, what: 'is not part of the Attack Flow language; left out' };
    const description = textIn(properties, 'description');
    const found = references(properties['external_references'] ?? null);
    const object: StixObject = {
      type: 'attack-flow',
      spec_version: '2.1',
      id,
      name: textIn(properties, 'name') ?? 'Flow without a name',
      ...(description ? { description } : {}),
      scope: scope && scopes.has(scope) ? scope : 'other',
      ...(starts.length > 0 ? { start_refs: starts } : {}),
      ...(authorId ? { created_by_ref: authorId } : {}),
      ...(found ? { external_references: found } : {}),
      extensions: declared,
      x_redoubt_attack_flow: this.#picture(members),
    };
    const [fault] = checkObject({ ...object, created: undated, modified: undated }).errors;
    if (fault) yield { kind: 'rejected', id, path: `${path}.${fault.path}`, reason: fault.reason };
    else yield { kind: 'object', object, path, stamp: true };
    const bends = this.#bends();
    if (bends > 0)
      yield {
        kind: 'loss',
        id,
        path: 'layout',
        what: `the places of ${bends} anchors and bends of lines are not kept; those of boxes are`,
      };
  }

  /** Actions and conditions that nothing leads to; where all lie in circles, the first. */
  #starts(): string[] {
    const candidates = [...this.#made].filter(([, { object }]) => object.type === 'attack-action' || object.type === 'attack-condition');
    const free = candidates.filter(([block]) => !this.#incoming.has(block));
    return (free.length > 0 ? free : candidates.slice(0, 1)).map(([, { object }]) => object.id);
  }

  /** What the builder needs to draw it again, and what belongs to the flow. */
  #picture(members: ReadonlySet<string>): JsonObject {
    const layout = objectIn(this.#file, 'layout') ?? {};
    const places: [string, Json][] = [];
    for (const [block, { object }] of this.#made) {
      const given = Object.hasOwn(layout, block.instance) ? layout[block.instance] : undefined;
      if (Array.isArray(given) && given.length === 2 && given.every((one) => typeof one === 'number')) places.push([object.id, given]);
    }
    const created = textIn(this.#diagram.flow.properties, 'created');
    return {
      ...(created ? { created } : {}),
      ...(members.size > 0 ? { object_refs: [...members] } : {}),
      ...(places.length > 0 ? { layout: Object.fromEntries(places) } : {}),
    };
  }

  #bends(): number {
    const layout = objectIn(this.#file, 'layout');
    const boxes = new Set([...this.#made.keys()].map(({ instance }) => instance));
    return layout ? Object.keys(layout).filter((instance) => !boxes.has(instance)).length : 0;
  }
}

const effects = new Set(['attack-action', 'attack-operator', 'attack-condition']);

/** Whether the language has a reference for this line; if so, it is set. */
function embedded(source: StixObject, target: StixObject, branch: boolean | undefined): boolean {
  const add = (name: string) => {
    const refs = listIn(source, name);
    if (!refs.includes(target.id)) source[name] = [...refs, target.id];
    return true;
  };
  const put = (name: string) => {
    if (Object.hasOwn(source, name)) return source[name] === target.id;
    source[name] = target.id;
    return true;
  };
  switch (source.type) {
    case 'attack-action':
      if (target.type === 'attack-asset') return add('asset_refs');
      if (target.type === 'process') return put('command_ref');
      return effects.has(target.type) && add('effect_refs');
    case 'attack-condition':
      return effects.has(target.type) && add(branch === false ? 'on_false_refs' : 'on_true_refs');
    case 'attack-operator':
      return effects.has(target.type) && add('effect_refs');
    case 'attack-asset':
      return !target.type.startsWith('attack-') && put('object_ref');
    default:
      return needsRefs.has(source.type) && source.type !== 'observed-data' && add('object_refs');
  }
}
