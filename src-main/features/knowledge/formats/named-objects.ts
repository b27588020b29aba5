import { isCveId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import type { Item, ReadContext } from './format.ts';
import { placeholderFor } from './placeholders.ts';

/** Objects that a file only names: techniques by ATT&CK's id, vulnerabilities by their CVE. */
export interface NamedObjects {
  /** The id of the standing object, else of a placeholder that `take` gives; undefined where the text is no such id. */
  find(externalId: string, name?: string): string | undefined;
  /** Placeholders that were made since the last call. */
  take(path: string): Item[];
  /** How many were not in the workspace, techniques and vulnerabilities apart. */
  missing(): { readonly techniques: number; readonly vulnerabilities: number };
}

/** Remembers each answer: one look-up for an id, however often a file names it. */
export function namedObjects({ findByExternalId }: ReadContext): NamedObjects {
  const known = new Map<string, string | undefined>();
  const waiting: StixObject[] = [];
  const counts = { techniques: 0, vulnerabilities: 0 };
  return {
    find(externalId, name) {
      if (known.has(externalId)) return known.get(externalId);
      let id = isCveId(externalId) ? vulnerabilityId(externalId) : findByExternalId(externalId);
      if (isCveId(externalId) || id === undefined) {
        const placeholder = placeholderFor(externalId);
        id = placeholder?.id;
        if (placeholder) {
          waiting.push(name && placeholder.type !== 'vulnerability' ? { ...placeholder, name: name.slice(0, 1000) } : placeholder);
          counts[placeholder.type === 'vulnerability' ? 'vulnerabilities' : 'techniques']++;
        }
      }
      known.set(externalId, id);
      return id;
    },
    take: (path) => waiting.splice(0).map((object) => ({ kind: 'object', object, path, partial: true })),
    missing: () => counts,
  };
}

/** What a reader says once at its end, where ATT&CK is not there to be joined. */
export function missingLoss(names: NamedObjects): Item[] {
  const { techniques } = names.missing();
  if (techniques === 0) return [];
  const what =
    techniques === 1
      ? '1 technique is not in this workspace and stands by id and name only; import ATT&CK first to join it'
      : `${techniques} techniques are not in this workspace and stand by id and name only; import ATT&CK first to join them`;
  return [{ kind: 'loss', path: '', what }];
}
