import type { Json, JsonObject } from '../stix.ts';
import { checkByName } from './common-properties.ts';
import { type Findings, quote } from './findings.ts';
import { isPropertyName, isTypeName, typeOfIdentifier } from './identifiers.ts';
import { predefinedExtensions, predefinedNames } from './observable-extensions.ts';
import { inside, isRecord, own } from './values.ts';
import { extensionTypes } from './vocabularies.ts';

const nothing: ReadonlySet<string> = new Set();

/** The `extension_type` of each extension an object carries. */
export function extensionKinds(object: JsonObject): ReadonlySet<string> {
  const extensions = own(object, 'extensions');
  if (!isRecord(extensions)) return nothing;
  const kinds = new Set<string>();
  for (const [key, extension] of Object.entries(extensions)) {
    const kind = isRecord(extension) && typeOfIdentifier(key) === 'extension-definition' ? own(extension, 'extension_type') : undefined;
    if (typeof kind === 'string') kinds.add(kind);
  }
  return kinds;
}

/** Sections 3.2 and 7.3: keys are ids of extension definitions, or names of extensions that STIX defines for the type. */
export function checkExtensions(value: Json, type: string, custom: boolean, findings: Findings): void {
  if (!isRecord(value)) return findings.error('must be a dictionary');
  const keys = Object.keys(value);
  if (keys.length === 0) return findings.error('must not be an empty dictionary; leave the property out');
  const predefined = Object.hasOwn(predefinedExtensions, type) ? predefinedExtensions[type] : undefined;
  for (const key of keys) {
    const extension = value[key] as Json;
    findings.enter(key);
    if (typeOfIdentifier(key) === 'extension-definition') checkDefined(extension, custom, findings);
    else if (predefined && Object.hasOwn(predefined, key)) {
      predefined[key]?.(extension, findings);
      checkNames(extension, findings);
    } else if (isTypeName(key) && key.endsWith('-ext')) {
      if (isRecord(extension) && Object.keys(extension).length > 0)
        for (const name of Object.keys(extension))
          inside(name, extension[name] as Json, (value) => checkMember(name, value, findings), findings);
      else findings.error('must be an object with at least one property');
      findings.warn(
        'custom-extension',
        predefinedNames.has(key) ? `STIX defines ${quote(key)} for another type` : `${quote(key)} is no extension of STIX`,
      );
    } else findings.error(`the key ${quote(key)} must be the id of an extension definition or the name of an extension of STIX`);
    findings.leave();
  }
}

function checkDefined(extension: Json, custom: boolean, findings: Findings): void {
  if (!isRecord(extension)) return findings.error('must be an object');
  const kind = own(extension, 'extension_type');
  if (kind === undefined) findings.error('must have extension_type');
  else if (typeof kind !== 'string' || !extensionTypes.has(kind))
    findings.error(`extension_type must be one of ${[...extensionTypes].join(', ')}, not ${quote(kind)}`);
  else if (kind.startsWith('new-') && !custom) findings.error(`extension_type ${kind} is for types that STIX does not define`);
  for (const key of Object.keys(extension)) {
    inside(key, extension[key] as Json, (value) => checkMember(key, value, findings), findings);
  }
}

/** Properties of an extension follow the rules for names as an object's own do. */
function checkMember(name: string, value: Json, findings: Findings): void {
  if (!isPropertyName(name)) findings.error('the name of a property must be 3 to 250 of a-z, 0-9 and underscore, a letter first');
  checkByName(name, value, findings);
}

/** The same for what stands in an extension of STIX beside its own properties. */
function checkNames(extension: Json, findings: Findings): void {
  if (!isRecord(extension)) return;
  for (const name of Object.keys(extension))
    if (!isPropertyName(name) || /_(?:hex|bin)$/.test(name))
      inside(name, extension[name] as Json, (value) => checkMember(name, value, findings), findings);
}
