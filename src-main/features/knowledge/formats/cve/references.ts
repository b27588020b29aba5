import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { uriOf } from '../linked.ts';
import type { Work } from './texts.ts';

export interface References {
  readonly list: JsonObject[];
  /** Address -> its entry in the list. */
  readonly urls: Map<string, JsonObject>;
}

const mostReferences = 1_000;

/** `references` of one container: each address once, its name and tags as the description. */
export function addReferences(work: Work, found: References, container: JsonObject, path: string): void {
  const list = listIn(container, 'references');
  for (const [index, entry] of list.entries()) {
    const at = `${path}.references[${index}]`;
    const given = isObject(entry) ? textIn(entry, 'url') : undefined;
    const url = given === undefined ? undefined : uriOf(given);
    if (!isObject(entry) || url === undefined) {
      work.lose(at, given === undefined ? 'a reference without an address; left out' : `“${given.slice(0, 200)}” is no address; left out`);
      continue;
    }
    const tags = listIn(entry, 'tags').filter((tag) => typeof tag === 'string' && tag !== 'x_transferred');
    const name = textIn(entry, 'name');
    const description = [
      ...(name !== undefined && name !== given ? [name] : []),
      ...(tags.length > 0 ? [`[${tags.join(', ')}]`] : []),
    ].join(' ');
    const before = found.urls.get(url);
    if (before) {
      if (description !== '' && before['description'] === undefined) before['description'] = description;
      continue;
    }
    if (found.list.length >= mostReferences) {
      work.lose(`${path}.references`, `${list.length - index} references beyond ${mostReferences}; left out`);
      return;
    }
    const reference: JsonObject = { source_name: 'cve-reference', url, ...(description === '' ? {} : { description }) };
    found.urls.set(url, reference);
    found.list.push(reference);
  }
}

/** `problemTypes`: CWE ids, each once; a text without one under itself, to be kept as words. */
export function addWeaknesses(work: Work, found: Map<string, string | undefined>, container: JsonObject, path: string): void {
  for (const [index, type] of listIn(container, 'problemTypes').entries()) {
    if (!isObject(type)) {
      work.lose(`${path}.problemTypes[${index}]`, 'not a problem type; left out');
      continue;
    }
    for (const [position, entry] of listIn(type, 'descriptions').entries()) {
      const text = isObject(entry) ? textIn(entry, 'description') : undefined;
      const named = (isObject(entry) ? textIn(entry, 'cweId') : undefined) ?? /^CWE-\d+\b/.exec(text ?? '')?.[0];
      if (named !== undefined && /^CWE-\d{1,7}$/.test(named)) found.set(named, undefined);
      else if (text !== undefined && !/^n\/?a$/i.test(text)) found.set(text, text);
      else if (text === undefined)
        work.lose(`${path}.problemTypes[${index}].descriptions[${position}]`, 'a problem type without words; left out');
    }
  }
}

/** CAPEC ids of `impacts`, and ATT&CK ids of `taxonomyMappings`; each CAPEC also becomes a reference. */
export function capecsOf(work: Work, found: References, container: JsonObject, path: string): string[] {
  const named: string[] = [];
  for (const [index, impact] of listIn(container, 'impacts').entries()) {
    const id = isObject(impact) ? textIn(impact, 'capecId') : undefined;
    if (id === undefined) continue;
    if (!/^CAPEC-\d{1,7}$/.test(id)) {
      work.lose(`${path}.impacts[${index}].capecId`, `“${id.slice(0, 60)}” is no CAPEC id; kept in x_redoubt_cve.impacts only`);
      continue;
    }
    if (named.includes(id)) continue;
    named.push(id);
    if (!found.list.some(({ source_name, external_id }) => source_name === 'capec' && external_id === id))
      found.list.push({ source_name: 'capec', external_id: id });
  }
  for (const mapping of listIn(container, 'taxonomyMappings')) {
    if (!isObject(mapping) || !/att&?ck/i.test(textIn(mapping, 'taxonomyName') ?? '')) continue;
    for (const relation of listIn(mapping, 'taxonomyRelations')) {
      const id = isObject(relation) ? textIn(relation, 'taxonomyId') : undefined;
      if (id !== undefined && /^T\d{4}(?:\.\d{3})?$/.test(id)) named.push(id);
    }
  }
  return named;
}
