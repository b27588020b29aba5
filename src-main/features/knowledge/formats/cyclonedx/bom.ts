import type { Severity } from '#shared/domain/knowledge/extensions.ts';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { Bom, BomComponent, BomVulnerability } from '../assets/bom.ts';
import { timeOf } from '../assets/scan.ts';
import { type CvssScore, scoreOf } from '../cvss/index.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';

const most = { components: 500_000, list: 200, text: 1000 } as const;
const knownVersion = /^1\.[2-6]$/;

/** The parts of a document that the graph has room for, and remarks on the rest. */
export function bomOf(document: JsonObject): { readonly bom: Bom; readonly remarks: Item[] } {
  const remarks: Item[] = [];
  const version = textIn(document, 'specVersion') ?? /bom\/(\d\.\d)/.exec(textIn(document, '$schema') ?? '')?.[1];
  if (version !== undefined && !knownVersion.test(version))
    remarks.push({
      kind: 'loss',
      path: 'specVersion',
      what: `version ${version.slice(0, 20)} is not one of 1.2 to 1.6; what is new in it is left out`,
    });
  const metadata = objectIn(document, 'metadata');
  const main = metadata && objectIn(metadata, 'component');
  const subject = main ? componentOf(main, 'metadata.component', '') : undefined;
  const contained: [string, string, string][] = [];
  const components = allComponents(document, contained, remarks);
  if (main) for (const nested of nestedIn(main, 'metadata.component', contained)) components.push(nested);
  for (const name of ['compositions', 'formulation', 'annotations', 'declarations', 'definitions'])
    if (listIn(document, name).length > 0 || objectIn(document, name))
      remarks.push({ kind: 'loss', path: name, what: 'the graph has no place for it; left out' });
  const services = listIn(document, 'services').flatMap((value) => (isObject(value) ? [serviceOf(value)] : []));
  if (services.length > 0 && !subject)
    remarks.push({
      kind: 'loss',
      path: 'services',
      what: `${services.length} services are left out: the file does not name what they belong to`,
    });
  const bom: Bom = {
    property: 'x_redoubt_cyclonedx',
    at: timeOf(metadata && textIn(metadata, 'timestamp')),
    subject: subject?.facts.name ? subject : undefined,
    about: {
      ...words(document, ['serialNumber', 'version'], 'bom_'),
      ...(version && { spec_version: version.slice(0, 20) }),
      ...(services.length > 0 && { services: services.slice(0, 500) }),
    },
    components,
    depends: dependsOf(document, contained),
    vulnerabilities: listIn(document, 'vulnerabilities').flatMap((value, index) =>
      isObject(value) ? (vulnerabilityOf(value, `vulnerabilities[${index}]`, remarks) ?? []) : [],
    ),
  };
  return { bom, remarks };
}

function allComponents(document: JsonObject, contained: [string, string, string][], remarks: Item[]): BomComponent[] {
  const found: BomComponent[] = [];
  let files = 0;
  const open: { value: Json; path: string; parent: string | undefined }[] = listIn(document, 'components').map((value, index) => ({
    value,
    path: `components[${index}]`,
    parent: undefined,
  }));
  open.reverse();
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path, parent } = next;
    if (!isObject(value)) {
      remarks.push({ kind: 'rejected', path, reason: 'it is no component' });
      continue;
    }
    const component = componentOf(value, path, path);
    if (component.type === 'file' && !component.facts.purl) files++;
    else if (found.length < most.components) found.push(component);
    else {
      remarks.push({
        kind: 'rejected',
        path,
        reason: `the file holds more than ${most.components.toLocaleString('en-US')} components; this one and those after it are not read`,
      });
      break;
    }
    if (parent !== undefined) contained.push([parent, component.ref, 'It contains it.']);
    const nested = listIn(value, 'components');
    for (let index = nested.length - 1; index >= 0; index--)
      open.push({ value: nested[index] as Json, path: `${path}.components[${index}]`, parent: component.ref });
  }
  if (files > 0) remarks.push({ kind: 'loss', path: 'components', what: `${files} components are single files, not software; left out` });
  return found;
}

function nestedIn(main: JsonObject, path: string, contained: [string, string, string][]): BomComponent[] {
  const remarks: Item[] = [];
  return allComponents({ components: [...listIn(main, 'components')] }, contained, remarks).map((component) => ({
    ...component,
    path: `${path}.${component.path}`,
  }));
}

function componentOf(value: JsonObject, path: string, otherwise: string): BomComponent {
  const group = textIn(value, 'group');
  const name = textIn(value, 'name');
  const supplier = objectIn(value, 'supplier') ?? objectIn(value, 'manufacturer');
  return {
    ref: textIn(value, 'bom-ref') ?? textIn(value, 'purl') ?? (otherwise || path),
    path,
    type: (textIn(value, 'type') ?? 'library').slice(0, 100),
    facts: {
      name,
      vendor: textIn(value, 'publisher') ?? (supplier && textIn(supplier, 'name')) ?? group,
      version: textIn(value, 'version'),
      cpe: textIn(value, 'cpe'),
      purl: textIn(value, 'purl'),
    },
    about: {
      ...words(value, ['group', 'scope', 'description', 'copyright', 'author', 'mime-type']),
      ...listed('licenses', licensesOf(value)),
      ...listed('hashes', hashesOf(value)),
      ...listed(
        'references',
        listIn(value, 'externalReferences').flatMap((one) => (isObject(one) ? (textIn(one, 'url') ?? []) : [])),
      ),
    },
  };
}

function licensesOf(value: JsonObject): string[] {
  return listIn(value, 'licenses').flatMap((entry) => {
    if (!isObject(entry)) return [];
    const license = objectIn(entry, 'license');
    const expression = Object.hasOwn(entry, 'expression') ? entry.expression : undefined;
    const text = license
      ? (textIn(license, 'id') ?? textIn(license, 'name'))
      : isObject(expression)
        ? textIn(expression, 'content')
        : expression;
    return typeof text === 'string' && text !== '' ? [text] : typeof entry.license === 'string' ? [entry.license] : [];
  });
}

function hashesOf(value: JsonObject): string[] {
  return listIn(value, 'hashes').flatMap((one) => {
    if (!isObject(one)) return [];
    const [algorithm, content] = [textIn(one, 'alg'), textIn(one, 'content')];
    return algorithm && content ? [`${algorithm}:${content}`] : [];
  });
}

function serviceOf(value: JsonObject): JsonObject {
  return {
    ...words(value, ['name', 'version', 'group', 'description', 'authenticated', 'x-trust-boundary', 'trustZone']),
    ...listed(
      'endpoints',
      listIn(value, 'endpoints').filter((one) => typeof one === 'string'),
    ),
  };
}

function* dependsOf(document: JsonObject, contained: readonly [string, string, string][]): Iterable<[string, string, string?]> {
  for (const value of listIn(document, 'dependencies')) {
    if (!isObject(value)) continue;
    const ref = textIn(value, 'ref');
    if (ref === undefined) continue;
    for (const target of listIn(value, 'dependsOn')) if (typeof target === 'string') yield [ref, target];
    for (const target of listIn(value, 'provides')) if (typeof target === 'string') yield [target, ref, 'It is provided by it.'];
  }
  yield* contained;
}

const severityWords: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  info: 'info',
  none: 'info',
  unknown: 'info',
};

/** States of an analysis (CycloneDX 1.4 and later, VEX). */
const states: Readonly<Record<string, BomVulnerability['status']>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'open',
  in_triage: 'open',
  false_positive: 'not-affected',
  not_affected: 'not-affected',
};

function vulnerabilityOf(value: JsonObject, path: string, remarks: Item[]): BomVulnerability | undefined {
  const id = textIn(value, 'id');
  if (id === undefined) {
    remarks.push({ kind: 'rejected', path, reason: 'it has no id' });
    return undefined;
  }
  const ratings = listIn(value, 'ratings').filter(isObject);
  let best: CvssScore | undefined;
  for (const rating of ratings) {
    const scored = scoreOf(textIn(rating, 'vector') ?? '');
    if (scored && (!best || scored.version > best.version)) best = scored;
    const given = Number(textIn(rating, 'score') ?? Number.NaN);
    if (scored && Number.isFinite(given) && Math.abs(given - scored.base_score) > 0.049)
      remarks.push({
        kind: 'loss',
        id,
        path: `${path}.ratings`,
        what: `the file gives the score ${given}; its vector gives ${scored.base_score}, which is kept`,
      });
  }
  const word = ratings.map((rating) => (textIn(rating, 'severity') ?? '').toLowerCase()).find((one) => Object.hasOwn(severityWords, one));
  const analysis = objectIn(value, 'analysis');
  const state = analysis && textIn(analysis, 'state');
  const reasons = analysis
    ? [textIn(analysis, 'justification'), textIn(analysis, 'detail'), ...listIn(analysis, 'response').map(String)]
    : [];
  const refs = listIn(value, 'affects').flatMap((one) => (isObject(one) ? (textIn(one, 'ref') ?? []) : []));
  const source = objectIn(value, 'source');
  return {
    id: id.slice(0, 300),
    path,
    aliases: listIn(value, 'references').flatMap((one) => (isObject(one) ? (textIn(one, 'id') ?? []) : [])),
    refs: [...new Set(refs.map((ref) => /^urn:cdx:[^#]*#(.+)$/.exec(ref)?.[1] ?? ref))],
    severity: best && best.severity !== 'none' ? best.severity : word ? (severityWords[word] as Severity) : 'info',
    vector: best?.vector,
    score: best?.base_score,
    description: textIn(value, 'description'),
    solution: textIn(value, 'recommendation') ?? textIn(value, 'workaround'),
    cwes: listIn(value, 'cwes').map((cwe) => `CWE-${String(cwe).replace(/^CWE-/i, '').slice(0, 20)}`),
    status: state !== undefined && Object.hasOwn(states, state) ? (states[state] as BomVulnerability['status']) : 'open',
    reason: reasons.filter(Boolean).join(': ').slice(0, 5000) || undefined,
    other: {
      ...(state && { analysis_state: state.slice(0, 100) }),
      ...(source && words(source, ['name', 'url'], 'source_')),
      ...words(value, ['published', 'updated', 'created']),
      ...listed(
        'ratings',
        ratings.map((rating) =>
          [textIn(rating, 'method'), textIn(rating, 'score'), textIn(rating, 'severity'), textIn(rating, 'vector')]
            .filter(Boolean)
            .join(' '),
        ),
      ),
      ...listed(
        'advisories',
        listIn(value, 'advisories').flatMap((one) => (isObject(one) ? (textIn(one, 'url') ?? []) : [])),
      ),
    },
  };
}

/** Chosen members as bounded text under names that STIX allows. */
function words(value: JsonObject, names: readonly string[], prefix = ''): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = textIn(value, name);
      return text === undefined
        ? []
        : [[prefix + name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll('-', '_'), text.slice(0, most.text)]];
    }),
  );
}

function listed(name: string, values: readonly Json[]): JsonObject {
  const texts = values.map((value) => String(value).slice(0, most.text));
  return texts.length > 0 ? { [name]: texts.slice(0, most.list) } : {};
}
