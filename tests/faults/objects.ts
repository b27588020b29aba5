import type { StixObject } from '#shared/domain/knowledge/stix.ts';

const T = '2026-01-01T00:00:00.000Z';

/** A UUID made of a number, for small hand-made files. */
export const uuidOf = (n: number) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
export const malwareId = (n: number) => `malware--${uuidOf(n)}`;

export function malware(n: number, more: Record<string, unknown> = {}): StixObject {
  return {
    type: 'malware',
    spec_version: '2.1',
    id: malwareId(n),
    created: T,
    modified: T,
    name: `malware number ${n}`,
    is_family: true,
    ...more,
  } as StixObject;
}

export function relationship(n: number, type: string, source: string, target: string, more: Record<string, unknown> = {}): StixObject {
  return {
    type: 'relationship',
    spec_version: '2.1',
    id: `relationship--${uuidOf(n)}`,
    created: T,
    modified: T,
    relationship_type: type,
    source_ref: source,
    target_ref: target,
    ...more,
  } as StixObject;
}
