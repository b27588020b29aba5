import type { Json, JsonObject } from '../stix.ts';
import { type Findings, quote } from './findings.ts';
import { isPropertyName } from './identifiers.ts';
import {
  anything,
  type Check,
  dictionary,
  enumeration,
  inside,
  isLanguageTag,
  isRecord,
  listOf,
  nested,
  own,
  reference,
  type Shape,
  shape,
  string,
  text,
  timestamp,
} from './values.ts';
import { extensionTypes } from './vocabularies.ts';

/** Section 7.2.1.4: the only TLP markings there may be. */
const tlpMarkings: Readonly<Record<string, readonly [tlp: string, name: string]>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': ['white', 'TLP:WHITE'],
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': ['green', 'TLP:GREEN'],
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': ['amber', 'TLP:AMBER'],
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': ['red', 'TLP:RED'],
};
const tlpCreated = '2017-01-20T00:00:00.000Z';

/** The name STIX 2.1 gives the TLP marking with this id; `undefined` where it is none of the four. */
export function tlpMarkingName(id: Json | undefined): string | undefined {
  return typeof id === 'string' && Object.hasOwn(tlpMarkings, id) ? tlpMarkings[id]?.[1] : undefined;
}

const tlp2Extension = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
/** OASIS' extension for TLP 2.0: the only markings that may carry it. */
const tlp2Markings: Readonly<Record<string, string>> = {
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'clear',
  'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'green',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'amber',
  'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'amber+strict',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'red',
};

const statement = nested(shape({ statement: string }, { required: ['statement'] }), 'a statement');

function checkTlp(object: JsonObject, findings: Findings): void {
  const id = own(object, 'id');
  const level = typeof id === 'string' && Object.hasOwn(tlpMarkings, id) ? tlpMarkings[id] : undefined;
  const definition = own(object, 'definition');
  const said = isRecord(definition) ? own(definition, 'tlp') : undefined;
  if (!level) return findings.error('must be one of the four TLP markings that STIX defines, by their ids');
  if (said !== level[0] || Object.keys(definition as JsonObject).length !== 1 || own(object, 'definition_type') !== 'tlp')
    findings.error(`must be the marking that STIX defines under this id: TLP ${level[0]}, not ${quote(said ?? 'nothing')}`);
  if (own(object, 'created') !== tlpCreated) findings.error(`must have the created that STIX gives its TLP markings, ${tlpCreated}`);
  const name = own(object, 'name');
  if (name !== level[1]) findings.error(`must have the name ${level[1]}, not ${quote(name ?? 'none')}`);
}

function checkTlp2(object: JsonObject, findings: Findings): void {
  const extensions = own(object, 'extensions');
  const extension = isRecord(extensions) ? own(extensions, tlp2Extension) : undefined;
  const id = own(object, 'id');
  const level = typeof id === 'string' && Object.hasOwn(tlp2Markings, id) ? tlp2Markings[id] : undefined;
  if (extension === undefined && level === undefined) return;
  const said = isRecord(extension) ? own(extension, 'tlp_2_0') : undefined;
  if (level === undefined || said !== level)
    findings.error('must be one of the five TLP 2.0 markings that OASIS defines, with its id and level');
}

function markingRules(object: JsonObject, findings: Findings): void {
  const kind = own(object, 'definition_type');
  const definition = own(object, 'definition');
  const extended = Object.hasOwn(object, 'extensions');
  if ((kind === undefined) !== (definition === undefined)) findings.error('must have definition_type and definition together');
  else if (kind === undefined && !extended) findings.error('must have definition_type and definition, or an extension');
  if (kind === 'tlp' || tlpMarkingName(own(object, 'id'))) checkTlp(object, findings);
  else if (kind === 'statement' && definition !== undefined) {
    findings.property = 'definition';
    statement(definition, findings);
    findings.property = '';
  } else if (definition !== undefined)
    findings.warn('deprecated', 'a definition of one’s own is deprecated in STIX 2.1; an extension takes its place');
  checkTlp2(object, findings);
  const marks = [own(object, 'object_marking_refs'), own(object, 'granular_markings')].flat();
  const id = own(object, 'id');
  if (marks.some((mark) => mark !== undefined && (mark === id || (isRecord(mark) && own(mark, 'marking_ref') === id))))
    findings.error('must not be marked with itself');
}

const translated: Check = (value, findings) => dictionary(anything, false)(value, findings);

/** Section 7.1: from language code to a dictionary of translated properties. */
const contents: Check = (value, findings) => {
  dictionary(translated, false)(value, findings);
  if (!isRecord(value)) return;
  for (const key of Object.keys(value))
    if (!isLanguageTag(key))
      inside(key, key, (code) => findings.error(`the key ${quote(code)} must be a language code (RFC 5646)`), findings);
};

function extensionRules(object: JsonObject, findings: Findings): void {
  const types = own(object, 'extension_types');
  if (Object.hasOwn(object, 'extension_properties') && Array.isArray(types) && !types.includes('toplevel-property-extension'))
    findings.error('must not have extension_properties without the extension type toplevel-property-extension');
  const version = own(object, 'version');
  if (typeof version === 'string' && !/^\d+\.\d+\.\d+(?:[-+].+)?$/.test(version))
    findings.warn('version', `the version ${quote(version)} should look like 1.2.3`);
}

/** Section 7, without the common properties. */
export const metaObjects: Readonly<Record<string, Shape>> = {
  'marking-definition': shape(
    {
      created: timestamp,
      name: string,
      definition_type: string,
      definition: (value, findings) => {
        if (!isRecord(value)) findings.error('must be an object');
      },
    },
    { also: markingRules },
  ),
  'language-content': shape(
    {
      object_ref: reference(
        (type) => type !== 'bundle' && type !== 'language-content',
        'an object that is no bundle and no language content',
      ),
      object_modified: timestamp,
      contents,
    },
    { required: ['object_ref', 'contents'] },
  ),
  'extension-definition': shape(
    {
      name: string,
      description: string,
      schema: string,
      version: string,
      extension_types: listOf(enumeration(extensionTypes, 'extension-type-enum')),
      extension_properties: listOf(text(isPropertyName, 'the name of a property (3 to 250 of a-z, 0-9 and underscore)')),
    },
    { required: ['created_by_ref', 'name', 'schema', 'version', 'extension_types'], also: extensionRules },
  ),
};
