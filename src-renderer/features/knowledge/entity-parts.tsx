import type { EntitySummary } from '#shared/contract/knowledge.ts';
import { type Text, Glyph, useText } from '#renderer/ui/index.ts';
import { inWords, kindOf } from './kinds.ts';
import { entityHref } from './links.ts';
import './entity-parts.css';

/** What a STIX type is called in this language; unknown types are spelt out. */
export function typeLabel(t: Text, type: string): string {
  const { label } = kindOf(type);
  return label ? t(label) : inWords(type);
}

export function KindGlyph({ type, size }: { type: string; size?: number }) {
  const { shape, colour } = kindOf(type);
  return <Glyph shape={shape} colour={`var(${colour})`} {...(size ? { size } : {})} />;
}

/** Glyph, name and id in one line; a link unless told otherwise. */
export function EntityLine({ entity, plain }: { entity: Pick<EntitySummary, 'id' | 'type' | 'name' | 'externalId'>; plain?: boolean }) {
  const t = useText();
  const inner = (
    <>
      <KindGlyph type={entity.type} />
      <span className="hidden-visually">{typeLabel(t, entity.type)}</span>
      <span className="entity-name clip" title={entity.name}>
        {entity.name}
      </span>
      {entity.externalId && entity.externalId !== entity.name ? <span className="entity-id">{entity.externalId}</span> : null}
    </>
  );
  return plain ? (
    <span className="entity-line">{inner}</span>
  ) : (
    <a className="entity-line" href={entityHref(entity.id)}>
      {inner}
    </a>
  );
}

/** Traffic light and life-cycle marks; nothing where there is nothing to say. */
export function EntityMarks({ entity }: { entity: Pick<EntitySummary, 'tlp' | 'revoked' | 'deprecated' | 'missing'> }) {
  const t = useText();
  return (
    <>
      {entity.tlp ? (
        <span className={`chip tlp tlp-${entity.tlp.replace('+', '-')}`}>{t('entity.tlp', { level: entity.tlp.toUpperCase() })}</span>
      ) : null}
      {entity.revoked ? <span className="chip chip-warn">{t('entity.revoked')}</span> : null}
      {entity.deprecated ? <span className="chip chip-warn">{t('entity.deprecated')}</span> : null}
      {entity.missing ? <span className="chip chip-warn">{t('entity.missing')}</span> : null}
    </>
  );
}

const incoming = {
  uses: 'relation.in.uses',
  mitigates: 'relation.in.mitigates',
  detects: 'relation.in.detects',
  'subtechnique-of': 'relation.in.subtechnique-of',
  'attributed-to': 'relation.in.attributed-to',
  targets: 'relation.in.targets',
  indicates: 'relation.in.indicates',
  'revoked-by': 'relation.in.revoked-by',
  'related-to': 'relation.in.related-to',
  mentions: 'relation.in.mentions',
  has: 'relation.in.has',
  runs: 'relation.in.runs',
  'depends-on': 'relation.in.depends-on',
  'located-at': 'relation.in.located-at',
  'based-on': 'relation.in.based-on',
} as const;

/** A relationship type read from one end: "uses", or from the other "used by". */
export function relationLabel(t: Text, relationshipType: string, direction: 'out' | 'in'): string {
  const out = direction === 'out';
  if (/^object[_-]refs$/.test(relationshipType)) return t(out ? 'relation.out.object-refs' : 'relation.in.object-refs');
  if (relationshipType === 'from_ref' || relationshipType === 'to_ref') return t(`relation.${direction}.${relationshipType}`);
  // A reference inside an object is no verb: an analytic "has log source" what is "log source of" it.
  const named = /^(.+)[_-]refs?$/.exec(relationshipType)?.[1];
  if (named) return t(out ? 'relation.out.ref' : 'relation.in.ref', { what: inWords(named).toLowerCase() });
  const words = inWords(relationshipType).toLowerCase();
  if (out) return words;
  const key = Object.hasOwn(incoming, relationshipType) ? incoming[relationshipType as keyof typeof incoming] : undefined;
  return key ? t(key) : t('relation.in.other', { relation: words });
}
