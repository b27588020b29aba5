import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { Bom, BomComponent } from '../assets/bom.ts';
import { timeOf } from '../assets/scan.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { leftOut, said, some } from './elements.ts';

const most = { packages: 500_000, relationships: 2_000_000, text: 1000 } as const;

const keptOfPackages = new Set(
  'SPDXID name versionInfo supplier originator externalRefs checksums licenseConcluded licenseDeclared downloadLocation homepage summary description primaryPackagePurpose filesAnalyzed'.split(
    ' ',
  ),
);

/** Types of relationship (SPDX 2.3, section 11) as “source depends on target”; `-1` the other way round. */
const depends: Readonly<Record<string, readonly [1 | -1, string?]>> = {
  DEPENDS_ON: [1],
  DEPENDENCY_OF: [-1],
  RUNTIME_DEPENDENCY_OF: [-1, 'At run time.'],
  BUILD_DEPENDENCY_OF: [-1, 'To be built.'],
  DEV_DEPENDENCY_OF: [-1, 'For development.'],
  TEST_DEPENDENCY_OF: [-1, 'To be tested.'],
  OPTIONAL_DEPENDENCY_OF: [-1, 'Optionally.'],
  PROVIDED_DEPENDENCY_OF: [-1, 'It is provided.'],
  HAS_PREREQUISITE: [1, 'It must be there before.'],
  PREREQUISITE_FOR: [-1, 'It must be there before.'],
  CONTAINS: [1, 'It contains it.'],
  CONTAINED_BY: [-1, 'It contains it.'],
  STATIC_LINK: [1, 'Linked statically.'],
  DYNAMIC_LINK: [1, 'Linked dynamically.'],
};

/** A document's packages, dependencies, and what it describes. */
export function bomOf(document: JsonObject): { readonly bom: Bom; readonly remarks: Item[] } {
  const remarks: Item[] = [];
  const version = textIn(document, 'spdxVersion') ?? '';
  if (!/^SPDX-2\.[0-3]$/.test(version))
    remarks.push({
      kind: 'loss',
      path: 'spdxVersion',
      what: `${version.slice(0, 40)} is not one of SPDX-2.0 to 2.3; what is new in it is left out`,
    });
  const creation = objectIn(document, 'creationInfo');
  const related = listIn(document, 'relationships')
    .slice(0, most.relationships)
    .flatMap((value) => (isObject(value) ? [value] : []));
  const described = new Set(listIn(document, 'documentDescribes').filter((one) => typeof one === 'string'));
  for (const one of related) {
    const type = textIn(one, 'relationshipType');
    if (type === 'DESCRIBES') described.add(textIn(one, 'relatedSpdxElement') ?? '');
    else if (type === 'DESCRIBED_BY') described.add(textIn(one, 'spdxElementId') ?? '');
  }
  const components: BomComponent[] = [];
  let subject: BomComponent | undefined;
  for (const [index, value] of listIn(document, 'packages').entries()) {
    const path = `packages[${index}]`;
    if (!isObject(value)) remarks.push({ kind: 'rejected', path, reason: 'it is no package' });
    else if (index >= most.packages) {
      remarks.push({
        kind: 'rejected',
        path,
        reason: `the document holds more than ${most.packages.toLocaleString('en-US')} packages; this one and those after it are not read`,
      });
      break;
    } else {
      const component = packageOf(value, path);
      if (described.has(component.ref) && !subject && component.facts.name) subject = component;
      else components.push(component);
    }
  }
  const files = listIn(document, 'files').length;
  if (files > 0) remarks.push({ kind: 'loss', path: 'files', what: `${files} files are left out; packages are what is matched` });
  for (const name of ['snippets', 'annotations', 'hasExtractedLicensingInfos', 'externalDocumentRefs'])
    if (listIn(document, name).length > 0) remarks.push({ kind: 'loss', path: name, what: 'the graph has no place for it; left out' });
  remarks.push(...leftOut(listIn(document, 'packages').filter(isObject), keptOfPackages, 'packages'));
  const namespace = textIn(document, 'documentNamespace');
  const bom: Bom = {
    property: 'x_redoubt_spdx',
    at: timeOf(creation && textIn(creation, 'created')),
    // Without a described package the document's own name says what it is about.
    subject: subject ?? named(document),
    about: { spec_version: version.slice(0, 40), ...(namespace && { namespace: namespace.slice(0, most.text) }) },
    components,
    depends: dependsOf(related, remarks),
    vulnerabilities: [],
  };
  return { bom, remarks };
}

function named(document: JsonObject): BomComponent | undefined {
  const name = textIn(document, 'name');
  return name === undefined ? undefined : { ref: 'SPDXRef-DOCUMENT', path: 'name', type: 'application', facts: { name }, about: {} };
}

function packageOf(value: JsonObject, path: string): BomComponent {
  const references = listIn(value, 'externalRefs').flatMap((one) => (isObject(one) ? [one] : []));
  const locator = (pattern: RegExp) =>
    references.flatMap((one) => (pattern.test(textIn(one, 'referenceType') ?? '') ? (textIn(one, 'referenceLocator') ?? []) : []));
  const purls = locator(/(?:^|\/)purl$/i);
  const cpes = [...locator(/cpe23Type$/i), ...locator(/cpe22Type$/i)];
  const supplier = [textIn(value, 'supplier'), textIn(value, 'originator')].find(
    (text) => text !== undefined && !/^NOASSERTION$/i.test(text),
  );
  const licenses = [...said(value, 'licenseConcluded'), ...said(value, 'licenseDeclared')];
  const hashes = listIn(value, 'checksums').flatMap((one) =>
    isObject(one) && textIn(one, 'checksumValue') ? [`${textIn(one, 'algorithm') ?? ''}:${textIn(one, 'checksumValue') ?? ''}`] : [],
  );
  const others = [...purls.slice(1), ...cpes.slice(1)];
  return {
    ref: textIn(value, 'SPDXID') ?? path,
    path,
    type: (textIn(value, 'primaryPackagePurpose') ?? 'library').toLowerCase().slice(0, 100),
    facts: {
      name: textIn(value, 'name'),
      vendor: supplier
        ?.slice(0, 1000)
        .replace(/^(?:Organization|Person|Tool):\s*/i, '')
        .replace(/\s*\([^)]*\)$/, ''),
      version: said(value, 'versionInfo')[0],
      cpe: cpes[0],
      purl: purls[0],
    },
    about: {
      spdx_id: (textIn(value, 'SPDXID') ?? path).slice(0, 300),
      ...some('licenses', [...new Set(licenses)]),
      ...some('hashes', hashes),
      ...some('download_location', said(value, 'downloadLocation')),
      ...some('homepage', said(value, 'homepage')),
      ...some('description', [...said(value, 'summary'), ...said(value, 'description')]),
      ...some('other_names', others),
    },
  };
}

function dependsOf(related: readonly JsonObject[], remarks: Item[]): [string, string, string?][] {
  const found: [string, string, string?][] = [];
  const left = new Map<string, number>();
  for (const one of related) {
    const type = textIn(one, 'relationshipType') ?? '';
    const [from, to] = [textIn(one, 'spdxElementId'), textIn(one, 'relatedSpdxElement')];
    const how = Object.hasOwn(depends, type) ? depends[type] : undefined;
    if (type.startsWith('DESCRIBE') || !from || !to || to === 'NOASSERTION' || to === 'NONE') continue;
    if (!how) left.set(type.slice(0, 60), (left.get(type.slice(0, 60)) ?? 0) + 1);
    else if (how[0] === 1) found.push([from, to, how[1]]);
    else found.push([to, from, how[1]]);
  }
  for (const [type, count] of left)
    remarks.push({ kind: 'loss', path: 'relationships', what: `${count} relationships of type ${type || '(none)'} are left out` });
  return found;
}
