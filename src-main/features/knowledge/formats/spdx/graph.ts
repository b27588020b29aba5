import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { Bom, BomComponent } from '../assets/bom.ts';
import { timeOf } from '../assets/scan.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { type Element, type Elements, elementsOf, idsIn, leftOut, said, some } from './elements.ts';
import { createLicences } from './licences.ts';
import { isAssessment, vulnerabilitiesOf } from './security.ts';

const mostRelationships = 2_000_000;

/** Types of relationship (SPDX 3.0.1, Core/Vocabularies/RelationshipType) by which one package depends on another. */
const depends: Readonly<Record<string, string>> = {
  dependsOn: '',
  contains: 'It contains it.',
  hasDynamicLink: 'Linked dynamically.',
  hasStaticLink: 'Linked statically.',
  hasPrerequisite: 'It must be there before.',
  hasOptionalDependency: 'Optionally.',
  hasOptionalComponent: 'Optionally.',
  hasProvidedDependency: 'It is provided.',
  hasRequirement: 'It requires it.',
  usesTool: 'It uses it as a tool.',
};
const scopes: Readonly<Record<string, string>> = {
  build: 'To be built.',
  development: 'For development.',
  test: 'To be tested.',
  runtime: 'At run time.',
  design: 'For its design.',
};

const isPackage = /^(?:software_Package|ai_AIPackage|dataset_DatasetPackage)$/;
const isCollection = /^(?:SpdxDocument|software_Sbom|Bom|Bundle)$/;
const isRelationship = /^(?:LifecycleScoped)?Relationship$/;
/** Elements whose words go to others, or that say nothing but how the document was made. */
const isBackground =
  /^(?:CreationInfo|Agent|Person|Organization|SoftwareAgent|Tool|NamespaceMap|simplelicensing_LicenseExpression|expandedlicensing_\w+)$/;
const keptOfPackages = new Set(
  '@id @type type spdxId creationInfo name summary description software_packageVersion software_packageUrl software_primaryPurpose software_downloadLocation software_homePage suppliedBy originatedBy externalIdentifier verifiedUsing'.split(
    ' ',
  ),
);

/** Whether a JSON document is SPDX 3: by its context, or by elements that only SPDX 3 has. */
export function isSpdx3(document: JsonObject): boolean {
  if (contextsOf(document).some((one) => /^https?:\/\/spdx\.org\/rdf\/3/.test(one))) return true;
  const [first] = listIn(document, '@graph');
  return isObject(first) && textIn(first, 'spdxId') !== undefined;
}

function contextsOf(document: JsonObject): string[] {
  const context = Object.hasOwn(document, '@context') ? document['@context'] : undefined;
  return (Array.isArray(context) ? context : [context]).filter((one) => typeof one === 'string');
}

/** The packages of a document of SPDX 3.0 (JSON-LD), how they hang together, their licences and vulnerabilities. */
export function bomOfGraph(document: JsonObject): { readonly bom: Bom; readonly remarks: Item[] } {
  const remarks: Item[] = [];
  const elements = elementsOf(document, remarks);
  const relationships = elements.ofTypes(isRelationship).slice(0, mostRelationships);
  const packages = elements.ofTypes(isPackage);
  const licences = licencesOf(relationships, elements, remarks);
  const components = new Map(packages.map((one) => [one.id, packageOf(one, elements, licences.get(one.id) ?? [])]));
  const roots = rootsOf(elements, relationships);
  const subject = roots.map((id) => components.get(id)).find((one) => one?.facts.name !== undefined);
  const [top] = elements.ofTypes(/^SpdxDocument$/);
  const version = elements.ofTypes(/^CreationInfo$/).flatMap(({ value }) => textIn(value, 'specVersion') ?? [])[0] ?? '3.0';
  if (!/^3\.0(?:\.\d+)?$/.test(version))
    remarks.push({ kind: 'loss', path: 'specVersion', what: `${version.slice(0, 40)} is not 3.0; what is new in it is left out` });
  const bom: Bom = {
    property: 'x_redoubt_spdx',
    at: timeOf(newest(elements)),
    subject: subject ?? named(top ?? elements.ofTypes(/^(?:software_Sbom|Bom)$/)[0], elements, roots),
    about: { spec_version: `SPDX-${version.slice(0, 40)}`, ...(top && { namespace: top.id.slice(0, 1000) }) },
    components: [...components.values()].filter((one) => one !== subject),
    depends: dependsOf(relationships, elements, remarks),
    vulnerabilities: vulnerabilitiesOf(elements, relationships, remarks),
  };
  remarks.push(
    ...leftOut(
      packages.map(({ value }) => value),
      keptOfPackages,
      'packages',
    ),
  );
  remarks.push(...leftElements(elements, top));
  return { bom, remarks };
}

/** When the newest statement was made: a document says it of each element. */
function newest(elements: Elements): string | undefined {
  let last: string | undefined;
  for (const { value } of elements.ofTypes(/^CreationInfo$/)) {
    const made = timeOf(textIn(value, 'created'));
    if (made !== undefined && (last === undefined || made > last)) last = made;
  }
  return last ?? elements.all.map((one) => timeOf(elements.createdOf(one))).find((one) => one !== undefined);
}

/** What the document is about: its roots, through the collections that they may be, then what it is said to describe. */
function rootsOf(elements: Elements, relationships: readonly Element[]): string[] {
  const roots: string[] = [];
  const seen = new Set<string>();
  const collections = elements.ofTypes(isCollection);
  const open = collections.flatMap(({ value }) => idsIn(value, 'rootElement'));
  for (let at = 0; at < open.length; at++) {
    const id = open[at] as string;
    if (seen.has(id)) continue;
    seen.add(id);
    const element = elements.byId.get(id);
    if (element && isCollection.test(element.type)) open.push(...idsIn(element.value, 'rootElement'));
    else roots.push(id);
  }
  for (const { value } of relationships)
    if (textIn(value, 'relationshipType') === 'describes') roots.push(...idsIn(value, 'to').filter((id) => !seen.has(id)));
  return roots;
}

/** Without a package as its root, a document is about the file that is its root, or what its own name says. */
function named(collection: Element | undefined, elements: Elements, roots: readonly string[]): BomComponent | undefined {
  const file = roots.map((id) => elements.byId.get(id)).find((one) => one && /^software_File$/.test(one.type));
  const element = [file, collection].find((one) => one && textIn(one.value, 'name') !== undefined);
  const name = element && textIn(element.value, 'name');
  if (!element || name === undefined) return undefined;
  return { ref: element.id, path: element.path, type: element === file ? 'file' : 'application', facts: { name }, about: {} };
}

function packageOf({ id, value, path, type }: Element, elements: Elements, licences: readonly string[]): BomComponent {
  const identifiers = listIn(value, 'externalIdentifier').flatMap((one) => (isObject(one) ? [one] : []));
  const ofType = (wanted: string) =>
    identifiers.flatMap((one) => (textIn(one, 'externalIdentifierType') === wanted ? (textIn(one, 'identifier') ?? []) : []));
  const purls = [...new Set([...said(value, 'software_packageUrl'), ...ofType('packageUrl')])];
  const cpes = [...ofType('cpe23'), ...ofType('cpe22')];
  const others = identifiers.flatMap((one) => {
    const [word, text] = [textIn(one, 'externalIdentifierType') ?? 'other', textIn(one, 'identifier')];
    return text === undefined || /^(?:packageUrl|cpe2[23])$/.test(word) ? [] : [`${word}: ${text}`];
  });
  const agents = [...idsIn(value, 'suppliedBy'), ...idsIn(value, 'originatedBy')];
  const hashes = listIn(value, 'verifiedUsing').flatMap((one) => {
    const sum = isObject(one) ? textIn(one, 'hashValue') : undefined;
    return isObject(one) && sum !== undefined ? [`${(textIn(one, 'algorithm') ?? '').toUpperCase()}:${sum.trim()}`] : [];
  });
  const kind = type === 'ai_AIPackage' ? 'model' : type === 'dataset_DatasetPackage' ? 'data' : 'library';
  return {
    ref: id,
    path,
    type: (textIn(value, 'software_primaryPurpose') ?? kind).toLowerCase().slice(0, 100),
    facts: {
      name: textIn(value, 'name'),
      vendor: agents.map((agent) => nameOfAgent(agent, elements)).find((name) => name !== undefined),
      version: said(value, 'software_packageVersion')[0],
      cpe: cpes[0],
      purl: purls[0],
    },
    about: {
      spdx_id: id.slice(0, 300),
      ...some('licenses', licences),
      ...some('hashes', hashes),
      ...some('download_location', said(value, 'software_downloadLocation')),
      ...some('homepage', said(value, 'software_homePage')),
      ...some('description', [...said(value, 'summary'), ...said(value, 'description')]),
      ...some('other_names', [...purls.slice(1), ...cpes.slice(1), ...others]),
    },
  };
}

function nameOfAgent(id: string, elements: Elements): string | undefined {
  const agent = elements.byId.get(id);
  return agent && textIn(agent.value, 'name')?.slice(0, 1000);
}

/** Concluded licences first, as SPDX 2 has them. */
function licencesOf(relationships: readonly Element[], elements: Elements, remarks: Item[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const licenceOf = createLicences(elements);
  let unknown = 0;
  for (const wanted of ['hasConcludedLicense', 'hasDeclaredLicense'])
    for (const { value } of relationships) {
      if (textIn(value, 'relationshipType') !== wanted) continue;
      const texts = idsIn(value, 'to').flatMap((id) => {
        const text = licenceOf(id);
        if (text === undefined && !elements.byId.has(id) && !/NoAssertion|None/.test(id)) unknown++;
        return text ?? [];
      });
      for (const from of idsIn(value, 'from')) {
        const known = found.get(from) ?? [];
        found.set(from, [...known, ...texts.filter((text) => !known.includes(text))].slice(0, 200));
      }
    }
  if (unknown > 0) remarks.push({ kind: 'loss', path: 'licences', what: `${unknown} licences are not in the document; left out` });
  return found;
}

function dependsOf(relationships: readonly Element[], elements: Elements, remarks: Item[]): [string, string, string?][] {
  const found: [string, string, string?][] = [];
  const left = new Map<string, number>();
  const isThing = (id: string) =>
    !/^(?:SpdxDocument|software_Sbom|Bom|Bundle|software_File|software_Snippet)$/.test(elements.byId.get(id)?.type ?? '');
  for (const { value } of relationships) {
    const type = textIn(value, 'relationshipType') ?? '';
    if (/^(?:describes|has(?:Concluded|Declared)License|hasAssociatedVulnerability)$/.test(type)) continue;
    const [from] = idsIn(value, 'from');
    const to = idsIn(value, 'to').filter((id) => !/\/(?:NoAssertionElement|NoneElement|NoAssertion|None)$/.test(id));
    if (from === undefined || to.length === 0) continue;
    const word = Object.hasOwn(depends, type) ? depends[type] : undefined;
    const scope = textIn(value, 'scope') ?? '';
    const how = [word, Object.hasOwn(scopes, scope) ? scopes[scope] : ''].filter(Boolean).join(' ');
    // That a collection contains a package says what the file is made of, and files are no software that is matched.
    const things = word === undefined || !isThing(from) ? [] : to.filter(isThing);
    for (const target of things) found.push(how === '' ? [from, target] : [from, target, how]);
    const isOfCollection = type === 'contains' && isCollection.test(elements.byId.get(from)?.type ?? '');
    if (things.length < to.length && !isOfCollection) left.set(type.slice(0, 60), (left.get(type.slice(0, 60)) ?? 0) + 1);
  }
  for (const [type, count] of left)
    remarks.push({
      kind: 'loss',
      path: 'relationships',
      what: `${count} relationships of type ${type || '(none)'} are left out, whole or in part`,
    });
  return found;
}

/** What stands in the document and goes nowhere, by its type. */
function leftElements(elements: Elements, top: Element | undefined): Item[] {
  const counts = new Map<string, number>();
  for (const { type } of elements.all) {
    if (isPackage.test(type) || isCollection.test(type) || isRelationship.test(type) || isBackground.test(type)) continue;
    if (type === 'security_Vulnerability' || isAssessment(type)) continue;
    counts.set(type.slice(0, 100), (counts.get(type.slice(0, 100)) ?? 0) + 1);
  }
  const items: Item[] = [...counts].map(([type, count]) => ({
    kind: 'loss',
    path: '@graph',
    what: `${count} elements of type ${type} are left out${type === 'software_File' ? '; packages are what is matched' : ''}`,
  }));
  const imported = top ? listIn(top.value, 'import').length : 0;
  if (imported > 0)
    items.push({ kind: 'loss', path: `${top?.path}.import`, what: `${imported} elements are of other documents, which are not read` });
  return items;
}
