import type { PastedKind } from '#shared/contract/intel.ts';
import type { JsonObject } from '#shared/domain/knowledge/stix.ts';

const hashNames = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512', ssdeep: 'SSDEEP' } as const;

/** The STIX observable of a value, without its id; undefined where STIX 2.1 has none for this kind. */
export function observableOf(kind: PastedKind, value: string): (JsonObject & { type: string }) | undefined {
  const made = (type: string, properties: JsonObject) => ({ type, spec_version: '2.1', ...properties });
  switch (kind) {
    case 'ipv4':
      return made('ipv4-addr', { value });
    case 'ipv6':
      return made('ipv6-addr', { value });
    case 'cidr':
      return made(value.includes(':') ? 'ipv6-addr' : 'ipv4-addr', { value });
    case 'domain':
      return made('domain-name', { value });
    case 'url':
      return made('url', { value });
    case 'email':
      return made('email-addr', { value });
    case 'mac':
      return made('mac-addr', { value });
    case 'asn':
      return made('autonomous-system', { number: Number(value.slice(2)) });
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'sha512':
    case 'ssdeep':
      return made('file', { hashes: { [hashNames[kind]]: value } });
    case 'file-name':
    case 'file-path':
      return made('file', { name: value.slice(Math.max(value.lastIndexOf('\\'), value.lastIndexOf('/')) + 1) });
    case 'registry-key':
      return made('windows-registry-key', { key: value });
    default:
      return undefined;
  }
}

/** The comparison of a STIX pattern that looks for the value. */
export function comparisonOf(kind: PastedKind, value: string): string | undefined {
  const quoted = `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  switch (kind) {
    case 'ipv4':
      return `ipv4-addr:value = ${quoted}`;
    case 'ipv6':
      return `ipv6-addr:value = ${quoted}`;
    case 'cidr':
      return `${value.includes(':') ? 'ipv6' : 'ipv4'}-addr:value ISSUBSET ${quoted}`;
    case 'domain':
      return `domain-name:value = ${quoted}`;
    case 'url':
      return `url:value = ${quoted}`;
    case 'email':
      return `email-addr:value = ${quoted}`;
    case 'mac':
      return `mac-addr:value = ${quoted}`;
    case 'asn':
      return `autonomous-system:number = ${Number(value.slice(2))}`;
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'sha512':
    case 'ssdeep':
      return `file:hashes.'${hashNames[kind]}' = ${quoted}`;
    case 'file-name':
      return `file:name = ${quoted}`;
    case 'file-path': {
      const cut = Math.max(value.lastIndexOf('\\'), value.lastIndexOf('/'));
      const text = (part: string) => `'${part.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
      return `file:name = ${text(value.slice(cut + 1))} AND file:parent_directory_ref.path = ${text(value.slice(0, cut) || '/')}`;
    }
    case 'registry-key':
      return `windows-registry-key:key = ${quoted}`;
    default:
      return undefined;
  }
}
