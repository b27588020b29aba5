import type { Severity } from '#shared/domain/knowledge/extensions.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import type { BomVulnerability } from '../assets/bom.ts';
import { timeOf } from '../assets/scan.ts';
import { type CvssScore, scoreOf } from '../cvss/index.ts';
import type { Item } from '../format.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { type Element, type Elements, idsIn, some } from './elements.ts';

const assessment = /^security_(\w+?)(?:Vuln(?:erability)?)?AssessmentRelationship$/;
/** VEX statements (SPDX 3.0.1, Security profile). Under investigation is open: nobody has said that it is harmless. */
const states: Readonly<Record<string, BomVulnerability['status']>> = {
  VexAffected: 'open',
  VexUnderInvestigation: 'open',
  VexFixed: 'fixed',
  VexNotAffected: 'not-affected',
};
const severities: Readonly<Record<string, Severity>> = { critical: 'critical', high: 'high', medium: 'medium', low: 'low', none: 'info' };

export function isAssessment(type: string): boolean {
  return assessment.test(type);
}

interface Statement {
  readonly status: BomVulnerability['status'];
  readonly state: string;
  readonly at: string;
  readonly value?: JsonObject;
}

/**
 * The vulnerabilities of a document by what it says of each package: the newest statement of VEX, else that the package
 * has it. A vulnerability is told once for each status that packages have.
 */
export function vulnerabilitiesOf(elements: Elements, relationships: readonly Element[], remarks: Item[]): BomVulnerability[] {
  const known = new Map(elements.ofTypes(/^security_Vulnerability$/).map((one) => [one.id, one]));
  const statements = new Map<string, Map<string, Statement>>();
  let replaced = 0;
  let lost = 0;
  const say = (vulnerability: string, thing: string, statement: Statement) => {
    const things = statements.get(vulnerability) ?? new Map<string, Statement>();
    statements.set(vulnerability, things);
    const before = things.get(thing);
    if (before?.value && statement.value) replaced++;
    if (!before || (statement.value && (!before.value || statement.at >= before.at))) things.set(thing, statement);
  };
  for (const { value } of relationships)
    if (textIn(value, 'relationshipType') === 'hasAssociatedVulnerability')
      for (const thing of idsIn(value, 'from')) for (const id of idsIn(value, 'to')) say(id, thing, { status: 'open', state: '', at: '' });
  const ratings = new Map<string, { readonly word: string; readonly value: JsonObject }[]>();
  for (const one of elements.ofTypes(assessment)) {
    const word = assessment.exec(one.type)?.[1] ?? '';
    const vulnerability = idsIn(one.value, 'from').find((id) => known.has(id));
    const status = Object.hasOwn(states, word) ? states[word] : undefined;
    const at = timeOf(textIn(one.value, 'security_publishedTime') ?? elements.createdOf(one)) ?? '';
    if (vulnerability === undefined) lost++;
    else if (status !== undefined)
      for (const thing of idsIn(one.value, 'to')) say(vulnerability, thing, { status, state: word, at, value: one.value });
    else ratings.set(vulnerability, [...(ratings.get(vulnerability) ?? []).slice(0, 50), { word, value: one.value }]);
  }
  if (replaced > 0)
    remarks.push({
      kind: 'loss',
      path: 'VEX',
      what: `${replaced} statements are not the newest on their package and vulnerability; left out`,
    });
  if (lost > 0)
    remarks.push({
      kind: 'loss',
      path: 'security',
      what: `${lost} assessments are of vulnerabilities that the document does not hold; left out`,
    });
  const found: BomVulnerability[] = [];
  for (const [id, element] of known) {
    const things = statements.get(id);
    if (things) found.push(...byStatus(element, things, ratings.get(id) ?? [], remarks));
    else
      remarks.push({ kind: 'loss', id: idOf(element), path: element.path, what: 'nothing in the document is said to have it; left out' });
  }
  const unknown = [...statements.keys()].filter((id) => !known.has(id)).length;
  if (unknown > 0)
    remarks.push({ kind: 'loss', path: 'security', what: `${unknown} vulnerabilities are named but not in the document; left out` });
  return found;
}

/** The CVE where it has one, else another number of its own, else its name. */
function idOf({ id, value }: Element): string {
  const identifiers = listIn(value, 'externalIdentifier').flatMap((one) => (isObject(one) ? [one] : []));
  const cve =
    identifiers.find((one) => textIn(one, 'externalIdentifierType') === 'cve') ??
    identifiers.find((one) => /^CVE-/i.test(textIn(one, 'identifier') ?? ''));
  const text =
    (cve && textIn(cve, 'identifier')) ?? textIn(value, 'name') ?? (identifiers[0] && textIn(identifiers[0], 'identifier')) ?? id;
  return text.slice(0, 300);
}

function byStatus(
  element: Element,
  things: ReadonlyMap<string, Statement>,
  ratings: readonly { word: string; value: JsonObject }[],
  remarks: Item[],
): BomVulnerability[] {
  const { value, path } = element;
  const id = idOf(element);
  const { best, word, other } = rated(id, path, ratings, remarks);
  const groups = Map.groupBy(
    things,
    ([, { status, state, value: told }]) =>
      `${status} ${state} ${reasonOf(told) ?? ''} ${told ? (textIn(told, 'security_actionStatement') ?? '') : ''}`,
  );
  const aliases = listIn(value, 'externalIdentifier').flatMap((one) => (isObject(one) ? (textIn(one, 'identifier') ?? []) : []));
  const published = textIn(value, 'security_publishedTime');
  return [...groups.values()].map((group): BomVulnerability => {
    const [, statement] = group[0] as [string, Statement];
    return {
      id,
      path,
      aliases,
      refs: group.map(([thing]) => thing),
      severity: best && best.severity !== 'none' ? best.severity : (word ?? 'info'),
      vector: best?.vector,
      score: best?.base_score,
      description: textIn(value, 'description') ?? textIn(value, 'summary'),
      solution: statement.value && textIn(statement.value, 'security_actionStatement'),
      cwes: [...new Set(aliases.filter((text) => /^CWE-\d{1,6}$/.test(text)))],
      status: statement.status,
      reason: reasonOf(statement.value),
      other: {
        ...(statement.state && { analysis_state: statement.state }),
        ...(published && { published: published.slice(0, 100) }),
        ...some(
          'advisories',
          listIn(value, 'externalRef').flatMap((one) => (isObject(one) ? listIn(one, 'locator').map(String) : [])),
        ),
        ...some('ratings', other),
      },
    };
  });
}

function reasonOf(value: JsonObject | undefined): string | undefined {
  if (!value) return undefined;
  const texts = ['security_justificationType', 'security_impactStatement', 'security_statusNotes'].map((name) => textIn(value, name));
  return texts.filter(Boolean).join(': ').slice(0, 5000) || undefined;
}

/** Scores by their vectors; what else rates it (EPSS, exploited, SSVC) as words. */
function rated(id: string, path: string, ratings: readonly { word: string; value: JsonObject }[], remarks: Item[]) {
  let best: CvssScore | undefined;
  let severity: Severity | undefined;
  const other: string[] = [];
  for (const { word, value } of ratings) {
    const vector = textIn(value, 'security_vectorString');
    const given = Number(textIn(value, 'security_score') ?? Number.NaN);
    const scored = scoreOf(vector ?? '');
    if (scored && (!best || scored.version > best.version)) best = scored;
    if (scored && Number.isFinite(given) && Math.abs(given - scored.base_score) > 0.049)
      remarks.push({
        kind: 'loss',
        id,
        path,
        what: `the file gives the score ${given}; its vector gives ${scored.base_score}, which is kept`,
      });
    if (vector !== undefined && !scored)
      remarks.push({ kind: 'loss', id, path, what: `“${vector.slice(0, 100)}” is no vector of CVSS; it gives no score` });
    const told = (textIn(value, 'security_severity') ?? '').toLowerCase();
    if (Object.hasOwn(severities, told)) severity ??= severities[told];
    const names = [
      'security_score',
      'security_severity',
      'security_vectorString',
      'security_probability',
      'security_percentile',
      'security_decisionType',
      'security_catalogType',
      'security_exploited',
      'security_locator',
    ];
    other.push([word, ...names.flatMap((name) => textIn(value, name) ?? [])].join(' '));
  }
  return { best, word: severity, other };
}
