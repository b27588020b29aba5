import { type LogSourceTerms, logSourceName } from '#shared/domain/intel/log-sources.ts';
import { withExtension } from '#shared/domain/knowledge/extensions.ts';
import { generatedId, observableId, relationshipId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { cpeOf } from './purl/cpe.ts';
import { canonicalPurl } from './purl/purl.ts';

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

/** A log source in Sigma's terms: a rule and an inventory that name the same one meet in it. */
export function logSourceObject({ product, category, service }: LogSourceTerms): StixObject | undefined {
  if (!product && !category && !service) return undefined;
  return withExtension('x-redoubt-log-source', {
    id: generatedId('x-redoubt-log-source', 'sigma', product ?? '', category ?? '', service ?? ''),
    name: logSourceName({ product, category, service }),
    ...(product ? { product } : {}),
    ...(service ? { channel: service } : {}),
    ...(category ? { x_redoubt_category: category } : {}),
  });
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
 * A software observable from a CPE 2.3 name (or the older URI), a package URL or words. Of words, a last one that is a
 * version number (`Log4j 2.14.1`) becomes the version; nothing else is guessed.
 */
export function softwareFrom(text: string): StixObject {
  const software = madeOf(partsOf(text));
  return isValid(software) ? software : madeOf({ name: text });
}

/** What a tool says of a piece of software. With a package URL it is the same one whatever else is said. */
export interface SoftwareFacts {
  readonly name?: string | undefined;
  readonly vendor?: string | undefined;
  readonly version?: string | undefined;
  readonly cpe?: string | undefined;
  readonly purl?: string | undefined;
}

/** The same observable from facts apart; undefined where there is nothing to name it by. A CPE or package URL that is none is left out. */
export function softwareOf({ name, vendor, version, cpe, purl }: SoftwareFacts): StixObject | undefined {
  const fullCpe = cpe === undefined ? undefined : cpeOf(cpe);
  const canonical = purl === undefined ? undefined : canonicalPurl(purl);
  const guessed = canonical ? partsOf(canonical) : fullCpe ? partsOf(fullCpe) : {};
  const parts: JsonObject = {
    ...guessed,
    ...(name?.trim() && { name: name.trim() }),
    ...(vendor?.trim() && { vendor: vendor.trim() }),
    ...(version?.trim() && { version: version.trim() }),
    ...(fullCpe && { cpe: fullCpe }),
    ...(canonical && { x_redoubt_purl: canonical }),
  };
  if (typeof parts.name !== 'string') return undefined;
  const software = madeOf(parts);
  if (isValid(software)) return software;
  const { cpe: _, ...rest } = parts;
  const plainer = madeOf(rest);
  return isValid(plainer) ? plainer : undefined;
}

function madeOf(parts: JsonObject): StixObject {
  const object = { type: 'software', spec_version: '2.1', ...parts };
  const purl = parts.x_redoubt_purl;
  return { ...object, id: typeof purl === 'string' ? generatedId('software', purl) : observableId(object) };
}

function partsOf(text: string): JsonObject {
  const cpe = cpeOf(text);
  if (cpe !== undefined) {
    const [, , , vendor, product, version] = cpe.split(/(?<!\\):/);
    return {
      name: plain(product) ?? cpe,
      cpe,
      ...(plain(vendor) ? { vendor: plain(vendor) as string } : {}),
      ...(plain(version) ? { version: plain(version) as string } : {}),
    };
  }
  const purl = canonicalPurl(text);
  const found = purl === undefined ? null : /^pkg:([a-z][a-z0-9.+-]*)\/+([^@?#]+)(?:@([^?#]+))?/i.exec(purl);
  if (purl !== undefined && found) {
    const [, , path = '', version] = found;
    const names = path.split('/').map(decoded);
    const vendor = names.slice(0, -1).join('/');
    return {
      name: names.at(-1) || purl,
      ...(vendor ? { vendor } : {}),
      ...(version ? { version: decoded(version) } : {}),
      x_redoubt_purl: purl,
    };
  }
  const versioned = text.length > 1000 ? null : /^(.*\S)\s+v?(\d+(?:\.\d+)+[\w.+-]*)$/.exec(text);
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

/** Asset or software `has` vulnerability, asset `runs` software, software `depends-on` software. */
export function relate(relationshipType: 'has' | 'runs' | 'depends-on' | 'sends', source: string, target: string): StixObject {
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: relationshipId(relationshipType, source, target),
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
  };
}
