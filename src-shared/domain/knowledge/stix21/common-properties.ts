import type { Json, JsonObject } from '../stix.ts';
import { type Findings, quote } from './findings.ts';
import { typeOfIdentifier } from './identifiers.ts';
import {
  binary,
  boolean,
  type Check,
  dictionary,
  hex,
  integer,
  isRecord,
  language,
  listOf,
  nested,
  own,
  preciseTimestamp,
  present,
  referenceTo,
  shape,
  string,
  url,
  wrongType,
} from './values.ts';

const lengths: Readonly<Record<string, number>> = { MD5: 32, 'SHA-1': 40, 'SHA-256': 64, 'SHA-512': 128, 'SHA3-256': 64, 'SHA3-512': 128 };

const hash: Check = (value, findings) => {
  if (typeof value !== 'string') wrongType('a string', value, findings);
};

/** Section 2.7: a dictionary from algorithm to value; values of known algorithms have their length. */
export const hashes: Check = (value, findings) => {
  dictionary(hash, false)(value, findings);
  if (!isRecord(value)) return;
  for (const [algorithm, digest] of Object.entries(value)) {
    if (algorithm.length < 3) findings.error(`the hash algorithm ${quote(algorithm)} must have at least 3 characters`);
    if (typeof digest !== 'string') continue;
    const length = Object.hasOwn(lengths, algorithm) ? lengths[algorithm] : undefined;
    if (length !== undefined) {
      if (digest.length !== length || !/^[0-9a-fA-F]*$/.test(digest))
        findings.error(`${algorithm} must be ${length} hexadecimal digits, not ${quote(digest)}`);
    } else if (algorithm === 'SSDEEP') {
      if (!/^[a-zA-Z0-9/+:.]{1,128}$/.test(digest))
        findings.error(`SSDEEP must look like 3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C, not ${quote(digest)}`);
    } else if (algorithm === 'TLSH') {
      if (!/^(?:T1)?[0-9a-zA-Z]{70}$/.test(digest))
        findings.error(`TLSH must be 70 hexadecimal digits, T1 before them or not, not ${quote(digest)}`);
    } else findings.warn('open-vocabulary', `the hash algorithm ${quote(algorithm)} is not in hash-algorithm-ov`);
  }
};

const lowerCaseWords = /^[a-z0-9-]+$/;
const phaseName: Check = (value, findings) => {
  if (typeof value !== 'string') return wrongType('a string', value, findings);
  if (!lowerCaseWords.test(value)) findings.warn('kill-chain', `${quote(value)} should be in lower case with hyphens between words`);
};

/** Section 2.11. */
export const killChainPhases = listOf(
  nested(
    shape({ kill_chain_name: phaseName, phase_name: phaseName }, { required: ['kill_chain_name', 'phase_name'] }),
    'a kill chain phase',
  ),
);

const CVE = /^CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,})$/;
const CAPEC = /^CAPEC-\d+$/;

function referenceRules(object: JsonObject, findings: Findings): void {
  const source = own(object, 'source_name');
  const id = own(object, 'external_id');
  if (!['description', 'url', 'external_id'].some((name) => Object.hasOwn(object, name)))
    findings.error('must have at least one of description, url, external_id');
  for (const [name, form, expression] of [
    ['cve', 'CVE-YYYY-NNNN', CVE],
    ['capec', 'CAPEC-N', CAPEC],
  ] as const) {
    if (source === name && (typeof id !== 'string' || !expression.test(id)))
      findings.error(`with the source_name ${name} the external_id must be ${form}, not ${quote(id ?? 'nothing')}`);
    if (source !== name && typeof id === 'string' && expression.test(id))
      findings.error(`with the external_id ${quote(id)} the source_name must be ${name}, not ${quote(source ?? 'nothing')}`);
  }
}

const referenceList = listOf(
  nested(
    shape(
      { source_name: string, description: string, url, hashes, external_id: string },
      { required: ['source_name'], also: referenceRules },
    ),
    'an external reference',
  ),
);

/** Section 2.5. That a url SHOULD come with hashes is said once for the object, for hardly any has them. */
export const externalReferences: Check = (value, findings) => {
  referenceList(value, findings);
  if (!Array.isArray(value)) return;
  let bare = 0;
  for (const item of value) if (isRecord(item) && Object.hasOwn(item, 'url') && !Object.hasOwn(item, 'hashes')) bare++;
  if (bare > 0)
    findings.warn('reference-hashes', `a reference with a url should carry hashes of what stood there (${bare} of ${value.length} do not)`);
};

/** Section 7.2.3; whether the selectors resolve is checked with the whole object at hand. */
export const granularMarkings = listOf(
  nested(
    shape(
      { lang: language, marking_ref: referenceTo('marking-definition'), selectors: listOf(string) },
      {
        required: ['selectors'],
        also: (object, findings) => {
          if (Object.hasOwn(object, 'lang') === Object.hasOwn(object, 'marking_ref'))
            findings.error('must have marking_ref or lang, and not both');
        },
      },
    ),
    'a granular marking',
  ),
);

/** Walks a selector's way (section 7.2.3.1): names and `[n]`, joined by points. */
function resolves(object: JsonObject, selector: string): boolean {
  let here: Json | undefined = object;
  for (const step of selector.split('.')) {
    const index = /^\[(\d{1,9})\]$/.exec(step)?.[1];
    if (index !== undefined) here = Array.isArray(here) ? here[Number(index)] : undefined;
    else here = isRecord(here) ? own(here, step) : undefined;
    if (here === undefined) return false;
  }
  return true;
}

export function checkSelectors(object: JsonObject, findings: Findings): void {
  const markings = own(object, 'granular_markings');
  if (!Array.isArray(markings)) return;
  findings.property = 'granular_markings';
  markings.forEach((marking, at) => {
    const selectors = isRecord(marking) ? own(marking, 'selectors') : undefined;
    if (!Array.isArray(selectors)) return;
    selectors.forEach((selector, index) => {
      if (typeof selector !== 'string' || resolves(object, selector)) return;
      findings.enter(at);
      findings.enter('selectors');
      findings.enter(index);
      findings.error(`${quote(selector)} selects nothing in this object`);
      findings.leave();
      findings.leave();
      findings.leave();
    });
  });
  findings.property = '';
}

/** Properties that every kind of object may have (section 3.2). */
const ofAll: Readonly<Record<string, Check>> = {
  object_marking_refs: listOf(referenceTo('marking-definition')),
  granular_markings: granularMarkings,
};

/** Domain objects, relationship objects, language content and extension definitions. */
export const commonProperties: Readonly<Record<string, Check>> = {
  ...ofAll,
  created_by_ref: referenceTo('identity'),
  created: preciseTimestamp,
  modified: preciseTimestamp,
  revoked: boolean,
  labels: listOf(string),
  confidence: integer(0, 100),
  lang: language,
  external_references: externalReferences,
};

export const observableProperties: Readonly<Record<string, Check>> = { ...ofAll, defanged: boolean };

/** A marking definition has no versions. */
export const markingProperties: Readonly<Record<string, Check>> = {
  ...ofAll,
  created_by_ref: commonProperties['created_by_ref'] as Check,
  external_references: externalReferences,
};

/** Names kept for later versions (section 3.8). */
export const reservedNames = new Set(['severity', 'action', 'username', 'phone_numbers']);

/** What a property's name alone says of its value (sections 3.1 and 3.3): `_hex`, `_bin`, `_ref`, `_refs`. */
export function checkByName(name: string, value: Json, findings: Findings): void {
  if (name.endsWith('_hex')) return hex(value, findings);
  if (name.endsWith('_bin')) return binary(value, findings);
  if (name.endsWith('_ref') && typeof value === 'string' && typeOfIdentifier(value) === '')
    findings.warn('reference-name', `${name} should hold an identifier, not ${quote(value)}`);
  present(value, findings);
}
