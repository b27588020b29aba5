import { isCveId } from '#shared/domain/knowledge/identifiers.ts';
import { type Tlp, tlpLevels } from '#shared/domain/knowledge/stix.ts';

/** What a rule's tag says: https://github.com/SigmaHQ/sigma-specification, appendix “tags”. */
export type Tag =
  | { readonly kind: 'tactic'; readonly phase: string }
  | { readonly kind: 'attack'; readonly externalId: string }
  | { readonly kind: 'cve'; readonly cve: string }
  | { readonly kind: 'tlp'; readonly level: Tlp }
  | { readonly kind: 'other' };

export function readTag(tag: string): Tag {
  const [, namespace = '', rest = ''] = /^([a-z0-9_-]+)\.(.+)$/.exec(tag.trim().toLowerCase()) ?? [];
  if (namespace === 'attack') {
    if (/^(?:t\d{4}(?:\.\d{3})?|[gsc]\d{4}|ta\d{4}|ds\d{4}|dc\d{4}|m\d{4})$/.test(rest))
      return { kind: 'attack', externalId: rest.toUpperCase() };
    if (/^[a-z]+(?:[_-][a-z]+)*$/.test(rest)) return { kind: 'tactic', phase: rest.replaceAll('_', '-') };
  }
  if (namespace === 'cve') {
    const cve = `CVE-${rest.replace('.', '-')}`.toUpperCase();
    if (isCveId(cve)) return { kind: 'cve', cve };
  }
  if (namespace === 'tlp') {
    const level = rest === 'white' ? 'clear' : tlpLevels.find((one) => one === rest.replace('-', '+'));
    if (level) return { kind: 'tlp', level };
  }
  return { kind: 'other' };
}
