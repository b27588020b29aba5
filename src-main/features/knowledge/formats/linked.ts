import { observableId, relationshipId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';

/** The times of objects that a source merely names: any dated version of them is newer. */
export const undated = '1970-01-01T00:00:00.000Z';

/** The CVE alone, to be written as `partial`; what else is known of it comes from other sources. */
export function bareVulnerability(cve: string): StixObject {
  return {
    type: 'vulnerability',
    spec_version: '2.1',
    id: vulnerabilityId(cve),
    created: undated,
    modified: undated,
    name: cve.toUpperCase(),
    external_references: [{ source_name: 'cve', external_id: cve.toUpperCase() }],
  };
}

/** A reference's address as RFC 3986 has it, other letters escaped; undefined where it has no scheme. */
export function uriOf(text: string): string | undefined {
  const plain = text.trim();
  if (!/^[a-z][a-z0-9+.-]*:\S/i.test(plain) || plain.length > 10_000) return undefined;
  return plain.toWellFormed().replace(/[^\x21-\x7e]|["<>\\^`{|}]/gu, encodeURIComponent);
}

/** Whether the object keeps every MUST of STIX 2.1. */
export function isValid(object: StixObject): boolean {
  return checkObject(object).errors.length === 0;
}

/**
 * A software observable from a CPE 2.3 name, a package URL or words. Of words, a last one that is a version
 * number (`Log4j 2.14.1`) becomes the version; nothing else is guessed.
 */
export function softwareFrom(text: string): StixObject {
  const made = (parts: JsonObject): StixObject => {
    const object = { type: 'software', spec_version: '2.1', ...parts };
    return { ...object, id: observableId(object) };
  };
  const software = made(partsOf(text));
  return isValid(software) ? software : made({ name: text });
}

function partsOf(text: string): JsonObject {
  if (/^cpe:2\.3:[aho*-]:/i.test(text)) {
    const parts = text.split(/(?<!\\):/);
    const [, , , vendor, product, version] = parts;
    return {
      name: plain(product) ?? text,
      cpe: text,
      ...(plain(vendor) ? { vendor: plain(vendor) as string } : {}),
      ...(plain(version) ? { version: plain(version) as string } : {}),
    };
  }
  const purl = /^pkg:([a-z][a-z0-9.+-]*)\/+([^@?#]+)(?:@([^?#]+))?/i.exec(text);
  if (purl) {
    const [, , path = '', version] = purl;
    const names = path.split('/').map(decoded);
    const vendor = names.slice(0, -1).join('/');
    return {
      name: names.at(-1) || text,
      ...(vendor ? { vendor } : {}),
      ...(version ? { version: decoded(version) } : {}),
      x_redoubt_purl: text,
    };
  }
  const versioned = /^(.*\S)\s+v?(\d+(?:\.\d+)+[\w.+-]*)$/.exec(text);
  return versioned ? { name: versioned[1] as string, version: versioned[2] as string } : { name: text };
}

/** A component of a CPE 2.3 formatted string; `*` and `-` say nothing. */
function plain(component: string | undefined): string | undefined {
  if (!component || component === '*' || component === '-') return undefined;
  return component.replace(/\\(.)/g, '$1');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * `has` for vulnerabilities and `consists-of` for software: the words that STIX 2.1 (section 4.8) gives
 * infrastructure, which an asset is closest to.
 */
export function relate(relationshipType: 'has' | 'consists-of', source: string, target: string): StixObject {
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId(relationshipType, source, target),
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
  };
}
