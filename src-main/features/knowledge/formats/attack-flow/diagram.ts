import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { isObject, listIn, textIn } from '../json-values.ts';

/** A box of the diagram; `path` is its place in the file. */
export interface Block {
  readonly instance: string;
  /** `action`, `asset`, `AND_operator`, `threat_actor`… */
  readonly kind: string;
  readonly properties: JsonObject;
  readonly path: string;
}

export interface Line {
  readonly from: Block;
  readonly to: Block;
  /** The way out of a condition. */
  readonly branch: boolean | undefined;
  readonly path: string;
}

export interface Diagram {
  readonly flow: Block;
  readonly blocks: readonly Block[];
  readonly lines: readonly Line[];
  readonly faults: readonly { readonly path: string; readonly reason: string }[];
}

const mostObjects = 200_000;

/** What Attack Flow Builder 3 (`schema: attack_flow_v2`, objects by `instance`) and 2 (`version`, objects by `template`) save. */
export function diagramFrom(value: Json, name: string): Diagram {
  if (!isObject(value)) throw noFlow(name, 'it is no object');
  const objects = listIn(value, 'objects');
  if (objects.length === 0) throw noFlow(name, 'it has no objects');
  if (objects.length > mostObjects)
    throw new ContractError('too_large', `“${name}” has more than ${mostObjects.toLocaleString('en-US')} objects, as no flow has.`);
  const old = objects.some((object) => isObject(object) && textIn(object, 'template') !== undefined);
  return new Reader(old).read(objects, name);
}

function noFlow(name: string, why: string): ContractError {
  return new ContractError('invalid_input', `“${name}” is no Attack Flow of the builder: ${why}.`);
}

/** Parts of the picture, not of the flow. */
const drawing =
  /^(?:@__builtin__(?:anchor|line_|page)|(?:true|false|horizontal|vertical)_anchor$|generic_(?:latch|handle)$|dynamic_line$|.*_line$)/;

class Reader {
  readonly #old: boolean;
  readonly #blocks = new Map<string, Block>();
  /** An end of a line -> the block that it is fixed to, and the branch it leaves by. */
  readonly #ends = new Map<string, { readonly block: Block; readonly branch: boolean | undefined }>();
  readonly #faults: { path: string; reason: string }[] = [];

  constructor(old: boolean) {
    this.#old = old;
  }

  read(objects: readonly Json[], name: string): Diagram {
    const all = new Map<string, JsonObject>();
    for (const [index, object] of objects.entries()) {
      const path = `objects[${index}]`;
      const id = isObject(object) ? textIn(object, this.#old ? 'id' : 'instance') : undefined;
      const kind = isObject(object) ? textIn(object, this.#old ? 'template' : 'id') : undefined;
      if (!isObject(object) || id === undefined || kind === undefined) {
        this.#faults.push({ path, reason: 'has no id and kind' });
        continue;
      }
      if (all.has(id)) {
        this.#faults.push({ path, reason: `the id ${id.slice(0, 60)} stands twice; the first is kept` });
        continue;
      }
      all.set(id, object);
      if (!drawing.test(kind) || kind === 'flow') this.#blocks.set(id, { instance: id, kind, properties: propertiesOf(object), path });
    }
    const flow = [...this.#blocks.values()].find(({ kind }) => kind === 'flow' || kind === 'attack_flow_page');
    if (!flow) throw noFlow(name, 'none of its objects is the flow itself');
    for (const block of this.#blocks.values()) this.#fix(block, all);
    const lines: Line[] = [];
    for (const [index, object] of objects.entries()) {
      const line = isObject(object) ? this.#line(object, all, `objects[${index}]`) : undefined;
      if (line) lines.push(line);
    }
    return { flow, blocks: [...this.#blocks.values()].filter((block) => block !== flow), lines, faults: this.#faults };
  }

  /** The ends of lines that lie on a block's anchors. */
  #fix(block: Block, all: ReadonlyMap<string, JsonObject>): void {
    const object = all.get(block.instance) as JsonObject;
    const anchors: [string, boolean | undefined][] = [];
    if (this.#old) {
      for (const child of listIn(object, 'children')) {
        const anchor = typeof child === 'string' ? all.get(child) : undefined;
        const kind = anchor && textIn(anchor, 'template');
        if (kind !== undefined && kind.endsWith('anchor'))
          anchors.push([child as string, kind === 'true_anchor' ? true : kind === 'false_anchor' ? false : undefined]);
      }
    } else {
      const own = object['anchors'];
      for (const [place, anchor] of Object.entries(isObject(own) ? own : {}))
        if (typeof anchor === 'string')
          anchors.push([anchor, place === 'branch:True' ? true : place === 'branch:False' ? false : undefined]);
    }
    for (const [id, branch] of anchors) {
      const anchor = all.get(id);
      for (const end of anchor ? listIn(anchor, this.#old ? 'children' : 'latches') : [])
        if (typeof end === 'string') this.#ends.set(end, { block, branch });
    }
  }

  #line(object: JsonObject, all: ReadonlyMap<string, JsonObject>, path: string): Line | undefined {
    const kind = textIn(object, this.#old ? 'template' : 'id') ?? '';
    if (!/^(?:dynamic_line|@__builtin__line_.*_elbow)$/.test(kind)) return undefined;
    const child = (template: string) =>
      listIn(object, 'children').find((id): id is string => typeof id === 'string' && textIn(all.get(id) ?? {}, 'template') === template);
    const source = this.#old ? child('@__builtin__line_source') : textIn(object, 'source');
    const target = this.#old ? child('@__builtin__line_target') : textIn(object, 'target');
    const from = source === undefined ? undefined : this.#ends.get(source);
    const to = target === undefined ? undefined : this.#ends.get(target);
    if (from && to) return { from: from.block, to: to.block, branch: from.branch, path };
    this.#faults.push({ path, reason: 'a line that does not join two boxes' });
    return undefined;
  }
}

/** Properties as pairs of name and value; a list is pairs of a made-up key and its item, a map pairs of words. */
function propertiesOf(object: JsonObject): JsonObject {
  const entries: [string, Json][] = [];
  for (const pair of listIn(object, 'properties')) {
    if (!Array.isArray(pair) || typeof pair[0] !== 'string') continue;
    const value = plain(pair[1] ?? null, 0);
    if (value !== undefined) entries.push([pair[0], value]);
  }
  return Object.fromEntries(entries);
}

const madeUp = /^(?:[0-9a-f]{32}|[0-9a-f-]{36}|\d+)$/i;

function plain(value: Json, depth: number): Json | undefined {
  if (value === null || value === '' || depth > 8) return undefined;
  if (typeof value === 'string') return value.trim().toWellFormed() || undefined;
  if (!Array.isArray(value)) return isObject(value) ? undefined : value;
  const pairs = value.filter((pair): pair is [string, Json] => Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string');
  if (pairs.length === 0) return undefined;
  const inner = pairs.flatMap(([key, item]): [string, Json][] => {
    const held = plain(item, depth + 1);
    return held === undefined ? [] : [[key, held]];
  });
  if (inner.length === 0) return undefined;
  return inner.every(([key]) => madeUp.test(key)) ? inner.map(([, item]) => item) : Object.fromEntries(inner);
}
