import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Item } from '../format.ts';

/** Tags of a package as the JSON form calls them (SPDX 2.3, section 7). */
const packageTags: Readonly<Record<string, string>> = {
  SPDXID: 'SPDXID',
  PackageVersion: 'versionInfo',
  PackageSupplier: 'supplier',
  PackageOriginator: 'originator',
  PackageDownloadLocation: 'downloadLocation',
  PackageLicenseConcluded: 'licenseConcluded',
  PackageLicenseDeclared: 'licenseDeclared',
  PackageDescription: 'description',
  PackageSummary: 'summary',
  PackageHomePage: 'homepage',
  PackageCopyrightText: 'copyrightText',
  PackageComment: 'comment',
  PrimaryPackagePurpose: 'primaryPackagePurpose',
  PackageFileName: 'packageFileName',
};
const documentTags: Readonly<Record<string, string>> = {
  SPDXVersion: 'spdxVersion',
  DocumentName: 'name',
  DocumentNamespace: 'documentNamespace',
  SPDXID: 'SPDXID',
};

/** Tags and values as the JSON form has them. Files, snippets, annotations and licence texts are counted, not kept. */
export function documentFromTags(text: string, name: string, losses: Item[]): JsonObject {
  const document: JsonObject = {};
  const packages: JsonObject[] = [];
  const relationships: Json[] = [];
  const left = new Map<string, number>();
  let section: 'document' | 'package' | 'other' = 'document';
  for (const { tag, value, line } of tags(text)) {
    const current = packages.at(-1);
    if (tag === undefined)
      losses.push({ kind: 'loss', path: `line ${line}`, what: `“${value.slice(0, 80)}” is no tag with a value; left out` });
    else if (tag === 'PackageName') {
      section = 'package';
      packages.push({ name: value, externalRefs: [], checksums: [] });
    } else if (/^(?:FileName|SnippetSPDXID|LicenseID|Annotator|Reviewer)$/.test(tag)) {
      section = 'other';
      left.set(tag, (left.get(tag) ?? 0) + 1);
    } else if (tag === 'Relationship') {
      const [from, type, to] = value.split(/\s+/);
      if (from && type && to) relationships.push({ spdxElementId: from, relationshipType: type, relatedSpdxElement: to });
    } else if (tag === 'Created') document.creationInfo = { created: value };
    else if (section === 'document' && Object.hasOwn(documentTags, tag)) document[documentTags[tag] as string] = value;
    else if (section === 'package' && current) {
      if (tag === 'ExternalRef') {
        const [category, type, ...locator] = value.split(/\s+/);
        if (category && type)
          (current.externalRefs as Json[]).push({ referenceCategory: category, referenceType: type, referenceLocator: locator.join(' ') });
      } else if (tag === 'PackageChecksum') {
        const [algorithm, sum] = value.split(/:\s*/);
        if (algorithm && sum) (current.checksums as Json[]).push({ algorithm, checksumValue: sum });
      } else if (Object.hasOwn(packageTags, tag)) current[packageTags[tag] as string] = value;
    }
  }
  if (typeof document.spdxVersion !== 'string')
    throw new ContractError('invalid_input', `“${name}” is no SPDX document: it has no SPDXVersion.`);
  for (const [tag, count] of left) losses.push({ kind: 'loss', path: tag, what: `${count} parts that begin with ${tag} are left out` });
  return { ...document, packages, relationships };
}

/** One tag after another; a value in <text>…</text> may have several lines. */
function* tags(text: string): Iterable<{ tag: string | undefined; value: string; line: number }> {
  let at = 0;
  let line = 0;
  while (at < text.length) {
    line++;
    let end = text.indexOf('\n', at);
    if (end === -1) end = text.length;
    const plain = text.slice(at, end).trim();
    const begun = line;
    at = end + 1;
    if (plain === '' || plain.startsWith('#')) continue;
    const colon = plain.indexOf(':');
    const tag = colon > 0 && colon < 60 ? plain.slice(0, colon).trim() : undefined;
    if (tag === undefined || !/^[A-Za-z]+$/.test(tag)) {
      yield { tag: undefined, value: plain, line: begun };
      continue;
    }
    let value = plain.slice(colon + 1).trim();
    if (value.startsWith('<text>')) {
      const start = text.indexOf('<text>', end - plain.length) + 6;
      let close = text.indexOf('</text>', start);
      if (close === -1) close = text.length;
      value = text.slice(start, close).trim();
      const after = text.indexOf('\n', close);
      const next = after === -1 ? text.length : after + 1;
      if (next > at) {
        for (let sign = text.indexOf('\n', at); sign !== -1 && sign < next; sign = text.indexOf('\n', sign + 1)) line++;
        at = next;
      }
    }
    yield { tag, value, line: begun };
  }
}
