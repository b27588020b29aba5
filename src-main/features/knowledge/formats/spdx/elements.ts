import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';

/** Bounds on one document; a list past them is cut and told. */
export const most = { elements: 1_000_000, list: 200, text: 1000 } as const;

export interface Element {
  readonly id: string;
  /** As the schema of SPDX 3 names it: `software_Package`. */
  readonly type: string;
  readonly value: JsonObject;
  readonly path: string;
}

/** All elements of a document of SPDX 3, by their ids. */
export interface Elements {
  readonly all: readonly Element[];
  readonly byId: ReadonlyMap<string, Element>;
  ofTypes(pattern: RegExp): readonly Element[];
  /** When the element was made, by its creation info. */
  createdOf(element: Element): string | undefined;
}

/** The elements under `@graph`, or the one that the document is. What has no type is rejected by its path. */
export function elementsOf(document: JsonObject, remarks: Item[]): Elements {
  const graph = Object.hasOwn(document, '@graph') ? listIn(document, '@graph') : [document];
  const at = (index: number) => (Object.hasOwn(document, '@graph') ? `@graph[${index}]` : 'element');
  const all: Element[] = [];
  const byId = new Map<string, Element>();
  for (const [index, value] of graph.entries()) {
    const path = at(index);
    if (index >= most.elements) {
      const reason = `the document holds more than ${most.elements.toLocaleString('en-US')} elements; this one and those after it are not read`;
      remarks.push({ kind: 'rejected', path, reason });
      break;
    }
    const type = isObject(value) ? (textIn(value, 'type') ?? textIn(value, '@type')) : undefined;
    if (!isObject(value) || type === undefined) {
      remarks.push({ kind: 'rejected', path, reason: 'it is no element of SPDX 3: it has no type' });
      continue;
    }
    const element = { id: textIn(value, 'spdxId') ?? textIn(value, '@id') ?? path, type, value, path };
    all.push(element);
    if (!byId.has(element.id)) byId.set(element.id, element);
    else remarks.push({ kind: 'loss', path, what: `the id ${element.id.slice(0, 200)} stands twice; references lead to the first` });
  }
  return {
    all,
    byId,
    ofTypes: (pattern) => all.filter(({ type }) => pattern.test(type)),
    createdOf: ({ value }) => {
      const inline = objectIn(value, 'creationInfo');
      const made = inline ?? byId.get(textIn(value, 'creationInfo') ?? '')?.value;
      return made && textIn(made, 'created');
    },
  };
}

/** A property that names elements: one id, a list of them, or elements written in place. */
export function idsIn(value: JsonObject, name: string): string[] {
  const inner: Json | undefined = Object.hasOwn(value, name) ? value[name] : undefined;
  const list: readonly (Json | undefined)[] = Array.isArray(inner) ? inner : [inner];
  return list.flatMap((one) => {
    if (typeof one === 'string') return one === '' ? [] : [one];
    return isObject(one) ? (textIn(one, 'spdxId') ?? textIn(one, '@id') ?? []) : [];
  });
}

/** Lists of text under a name, bounded; no member where there is none. */
export function some(name: string, texts: readonly string[]): JsonObject {
  return texts.length > 0 ? { [name]: texts.slice(0, most.list).map((text) => text.slice(0, most.text)) } : {};
}

/** Text that says something: SPDX writes NOASSERTION and NONE where there is none. */
export function said(value: JsonObject, name: string): string[] {
  const text = textIn(value, name);
  return text === undefined || /^(?:NOASSERTION|NONE)$/i.test(text) ? [] : [text];
}

/** One line for the properties that the graph has no place for, with how often each stands. */
export function leftOut(values: readonly JsonObject[], kept: ReadonlySet<string>, path: string): Item[] {
  const counts = new Map<string, number>();
  for (const value of values)
    for (const name of Object.keys(value)) if (!kept.has(name)) counts.set(name.slice(0, 60), (counts.get(name.slice(0, 60)) ?? 0) + 1);
  if (counts.size === 0) return [];
  const named = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const more = named.length > 20 ? ` and ${named.length - 20} more` : '';
  const list = named
    .slice(0, 20)
    .map(([name, count]) => `${name} (${count})`)
    .join(', ');
  return [{ kind: 'loss', path, what: `the graph has no place for these properties of packages; left out: ${list}${more}` }];
}
