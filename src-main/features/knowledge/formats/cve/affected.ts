import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { leftOf, type Work } from './texts.ts';

/** Products and versions of one record; beyond it the rest is counted and left out. Linux' longest records have about 500. */
const mostProducts = 5_000;
const mostVersions = 20_000;

const statuses = new Set(['affected', 'unaffected', 'unknown']);
const productMembers = new Set(
  'vendor product packageName collectionURL packageURL cpes defaultStatus platforms versions modules programFiles programRoutines repo'.split(
    ' ',
  ),
);
const versionMembers = new Set(['version', 'lessThan', 'lessThanOrEqual', 'status', 'versionType', 'changes']);

export interface Bounds {
  products: number;
  versions: number;
}

/** The `affected` of one container, in the words of CVE JSON 5.1 in snake case. `bounds` counts over all containers. */
export function affectedOf(work: Work, container: JsonObject, path: string, bounds: Bounds): JsonObject[] {
  const found: JsonObject[] = [];
  let beyond = 0;
  for (const [index, entry] of listIn(container, 'affected').entries()) {
    const at = `${path}.affected[${index}]`;
    if (!isObject(entry)) work.lose(at, 'not a product; left out');
    else if (bounds.products >= mostProducts) beyond++;
    else {
      bounds.products++;
      found.push(productOf(work, entry, at, bounds));
    }
  }
  if (beyond > 0) work.lose(`${path}.affected`, `${beyond} products beyond ${mostProducts}; left out`);
  return found;
}

function productOf(work: Work, entry: JsonObject, path: string, bounds: Bounds): JsonObject {
  const product: JsonObject = {};
  const take = (name: string, text: string | undefined) => {
    if (text !== undefined) product[name] = text;
  };
  take('vendor', said(textIn(entry, 'vendor')));
  take('product', said(textIn(entry, 'product')));
  take('package', packageOf(entry));
  take('repo', textIn(entry, 'repo'));
  const status = textIn(entry, 'defaultStatus');
  if (status !== undefined && statuses.has(status)) product['default_status'] = status;
  else if (status !== undefined)
    work.lose(`${path}.defaultStatus`, `“${status.slice(0, 60)}” is none of affected, unaffected, unknown; left out`);
  const lists = [
    ['cpes', 'cpes'],
    ['platforms', 'platforms'],
    ['modules', 'modules'],
    ['programFiles', 'program_files'],
  ] as const;
  for (const [name, as] of lists) {
    const texts = textsIn(work, entry, name, path);
    if (texts.length > 0) product[as] = texts;
  }
  const routines = listIn(entry, 'programRoutines').flatMap((one) => (isObject(one) ? (textIn(one, 'name') ?? []) : []));
  if (routines.length > 0) product['program_routines'] = routines;
  const versions = versionsOf(work, entry, path, bounds);
  if (versions.length > 0) product['versions'] = versions;
  const other = leftOf(entry, productMembers);
  if (other) product['other'] = other;
  return product;
}

/** “n/a” is how CNAs leave a required field empty. */
function said(text: string | undefined): string | undefined {
  return text === undefined || /^n\/?a$/i.test(text.trim()) ? undefined : text;
}

/** A package URL where there is one, else where the package lies and what it is called there. */
function packageOf(entry: JsonObject): string | undefined {
  const purl = textIn(entry, 'packageURL');
  if (purl !== undefined) return purl;
  const name = textIn(entry, 'packageName');
  const collection = textIn(entry, 'collectionURL');
  if (name === undefined) return collection;
  return collection === undefined ? name : `${collection.replace(/\/$/, '')}/${name}`;
}

function textsIn(work: Work, entry: JsonObject, name: string, path: string): string[] {
  const texts: string[] = [];
  for (const [index, value] of listIn(entry, name).entries()) {
    if (typeof value === 'string' && value !== '') texts.push(value);
    else work.lose(`${path}.${name}[${index}]`, 'not a text; left out');
  }
  return [...new Set(texts)];
}

function versionsOf(work: Work, entry: JsonObject, path: string, bounds: Bounds): JsonObject[] {
  const found: JsonObject[] = [];
  const list = listIn(entry, 'versions');
  for (const [index, version] of list.entries()) {
    const at = `${path}.versions[${index}]`;
    if (bounds.versions >= mostVersions) {
      work.lose(`${path}.versions`, `${list.length - index} versions beyond ${mostVersions} of one record; left out`);
      break;
    }
    const made = isObject(version) ? versionOf(work, version, at) : undefined;
    if (made === undefined) {
      work.lose(at, 'not a version with its status; left out');
      continue;
    }
    bounds.versions++;
    found.push(made);
  }
  return found;
}

function versionOf(work: Work, entry: JsonObject, path: string): JsonObject | undefined {
  const version = textIn(entry, 'version');
  const status = textIn(entry, 'status');
  if (version === undefined || status === undefined || !statuses.has(status)) return undefined;
  const made: JsonObject = { version, status };
  for (const [name, as] of [
    ['lessThan', 'less_than'],
    ['lessThanOrEqual', 'less_than_or_equal'],
    ['versionType', 'version_type'],
  ] as const) {
    const text = textIn(entry, name);
    if (text !== undefined) made[as] = text;
  }
  const changes = listIn(entry, 'changes').flatMap((change) => {
    const [at, to] = isObject(change) ? [textIn(change, 'at'), textIn(change, 'status')] : [];
    return at !== undefined && to !== undefined ? [{ at, status: to }] : [];
  });
  if (changes.length > 0) made['changes'] = changes;
  if (changes.length < listIn(entry, 'changes').length) work.lose(`${path}.changes`, 'a change without a version or status; left out');
  const other = leftOf(entry, versionMembers);
  if (other) made['other'] = other;
  return made;
}
