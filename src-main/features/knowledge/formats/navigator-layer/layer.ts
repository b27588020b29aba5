import { z } from 'zod';

/** Metadata and links may be parted by dividers. */
const Divider = z.looseObject({ divider: z.boolean() });
const Metadata = z.array(z.union([z.looseObject({ name: z.string(), value: z.string() }), Divider]));
const Links = z.array(z.union([z.looseObject({ label: z.string(), url: z.string() }), Divider]));

export const techniqueIdPattern = /^T\d{4}(?:\.\d{3})?$/;

/** The ATT&CK Navigator layer format 4.5, as its own document defines it; unknown members pass. */
export const NavigatorLayer = z.looseObject({
  name: z.string(),
  versions: z.looseObject({ attack: z.string().optional(), navigator: z.string(), layer: z.literal('4.5') }).optional(),
  domain: z.enum(['enterprise-attack', 'mobile-attack', 'ics-attack']),
  description: z.string().optional(),
  customDataURL: z.string().optional(),
  filters: z.looseObject({ platforms: z.array(z.string()).optional() }).optional(),
  sorting: z.int().min(0).max(3).optional(),
  layout: z
    .looseObject({
      layout: z.enum(['side', 'flat', 'mini']).optional(),
      showID: z.boolean().optional(),
      showName: z.boolean().optional(),
      showAggregateScores: z.boolean().optional(),
      countUnscored: z.boolean().optional(),
      aggregateFunction: z.enum(['average', 'min', 'max', 'sum']).optional(),
      expandedSubtechniques: z.enum(['none', 'all', 'annotated']).optional(),
    })
    .optional(),
  hideDisabled: z.boolean().optional(),
  techniques: z
    .array(
      z.looseObject({
        techniqueID: z.string().regex(techniqueIdPattern),
        tactic: z.string().optional(),
        comment: z.string().optional(),
        enabled: z.boolean().optional(),
        score: z.number().optional(),
        color: z.string().optional(),
        metadata: Metadata.optional(),
        links: Links.optional(),
        showSubtechniques: z.boolean().optional(),
      }),
    )
    .optional(),
  gradient: z
    .looseObject({ colors: z.array(z.string()).min(2), minValue: z.number(), maxValue: z.number() })
    .refine(({ minValue, maxValue }) => maxValue > minValue, 'maxValue must be greater than minValue')
    .optional(),
  legendItems: z.array(z.looseObject({ label: z.string(), color: z.string() })).optional(),
  showTacticRowBackground: z.boolean().optional(),
  tacticRowBackground: z.string().optional(),
  selectTechniquesAcrossTactics: z.boolean().optional(),
  selectSubtechniquesWithParent: z.boolean().optional(),
  selectVisibleTechniques: z.boolean().optional(),
  metadata: Metadata.optional(),
  links: Links.optional(),
});
export type NavigatorLayer = z.infer<typeof NavigatorLayer>;

/** What readable layers of all versions (1.x to 4.x) share. */
const AnyLayer = z.looseObject({
  name: z.string().trim().min(1, 'a layer needs a name').max(1000),
  domain: z.string().max(100).optional(),
  description: z.string().max(1_000_000).optional(),
  techniques: z.array(z.unknown()).max(100_000).optional(),
});

/** Undefined where the value is a layer, else the reason why it is none and where. */
export function whyNoLayer(value: unknown): { path: string; reason: string } | undefined {
  const parsed = AnyLayer.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const reason = issue?.path[0] === 'name' ? 'a layer needs a name' : (issue?.message ?? 'not a layer');
    return { path: issue?.path.map(String).join('.') ?? '', reason };
  }
  if (parsed.data.techniques === undefined && parsed.data.domain === undefined) {
    return { path: '', reason: 'it has neither a domain nor techniques, so it is no Navigator layer' };
  }
  return undefined;
}

/** Old layers called the domains `mitre-enterprise` and `mitre-mobile`, or had none (enterprise). */
export function domainOf(layer: { domain?: unknown }): string {
  const { domain } = layer;
  if (domain === undefined || domain === 'mitre-enterprise') return 'enterprise-attack';
  return domain === 'mitre-mobile' ? 'mobile-attack' : String(domain);
}
