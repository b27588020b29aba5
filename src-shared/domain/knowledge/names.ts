import type { Json, StixObject } from './stix.ts';

const longestName = 200;

/** One line for any object: its name or value, else the beginning of its text, else what it is. Never empty. */
export function nameOf(object: StixObject): string {
  return text(object.name) ?? byType(object) ?? text(object.value) ?? text(object.abstract) ?? standIn(object);
}

function byType(object: StixObject): string | undefined {
  switch (object.type) {
    case 'relationship':
      return text(object.relationship_type);
    case 'sighting':
      return typeof object.sighting_of_ref === 'string' ? `sighting of ${typeWord(object.sighting_of_ref)}` : undefined;
    case 'note':
      return text(object.abstract) ?? text(object.content);
    case 'opinion':
      return text(object.explanation) ?? text(object.opinion);
    case 'indicator':
      return fromPattern(object);
    case 'marking-definition':
      return fromMarking(object);
    case 'location':
      return text(object.city) ?? text(object.region) ?? text(object.country) ?? coordinates(object);
    case 'directory':
      return text(object.path);
    case 'windows-registry-key':
      return text(object.key);
    case 'file':
      return firstHash(object.hashes);
    case 'artifact':
      return text(object.url) ?? firstHash(object.hashes) ?? text(object.mime_type);
    case 'x509-certificate':
      return text(object.subject) ?? text(object.serial_number) ?? firstHash(object.hashes);
    case 'email-message':
      return text(object.subject);
    case 'user-account':
      return text(object.display_name) ?? text(object.account_login) ?? text(object.user_id);
    case 'autonomous-system':
      return typeof object.number === 'number' ? `AS${object.number}` : undefined;
    case 'process':
      return text(object.command_line) ?? (typeof object.pid === 'number' ? `process ${object.pid}` : undefined);
    case 'network-traffic':
      return Array.isArray(object.protocols) && object.protocols.length > 0
        ? `${object.protocols.join('/')} traffic${typeof object.dst_port === 'number' ? ` to port ${object.dst_port}` : ''}`
        : undefined;
    case 'language-content':
      return typeof object.object_ref === 'string' ? `translation of ${typeWord(object.object_ref)}` : undefined;
    case 'observed-data':
      return typeof object.number_observed === 'number' ? `observed data (${object.number_observed}×)` : undefined;
    default:
      return undefined;
  }
}

function fromPattern(object: StixObject): string | undefined {
  const pattern = text(object.pattern);
  return pattern && `indicator for ${pattern.replace(/^\[|\]$/g, '')}`;
}

function fromMarking(object: StixObject): string | undefined {
  const definition = object.definition;
  if (definition === null || typeof definition !== 'object' || Array.isArray(definition)) return undefined;
  const tlp = text(definition.tlp);
  return tlp ? `TLP:${tlp.toUpperCase()}` : text(definition.statement);
}

function coordinates(object: StixObject): string | undefined {
  return typeof object.latitude === 'number' && typeof object.longitude === 'number'
    ? `${object.latitude}, ${object.longitude}`
    : undefined;
}

function firstHash(hashes: Json | undefined): string | undefined {
  if (hashes === null || typeof hashes !== 'object' || Array.isArray(hashes)) return undefined;
  return text(hashes['SHA-256']) ?? text(hashes['SHA-1']) ?? text(hashes.MD5) ?? text(Object.values(hashes)[0]);
}

function text(value: Json | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const end = value.search(/[\r\n]/);
  const line = (end === -1 ? value : firstLine(value)).trim();
  if (line === '') return undefined;
  return line.length > longestName ? `${line.slice(0, longestName - 1)}…` : line;
}

function firstLine(value: string): string {
  return value.split(/\r?\n|\r/, 50).find((line) => line.trim() !== '') ?? '';
}

function typeWord(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('--'))).replaceAll('-', ' ') || 'an object';
}

function standIn(object: StixObject): string {
  return object.type.replace(/^x-/, '').replaceAll('-', ' ');
}
