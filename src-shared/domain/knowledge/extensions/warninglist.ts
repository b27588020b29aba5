import { z } from 'zod';
import { own, type OwnType, text, texts } from './own-type.ts';

/** How a value of a warninglist is compared, in MISP's words. */
export const warninglistMatches = ['cidr', 'hostname', 'string', 'substring', 'regex'] as const;

/** Values that look like indicators and are none: well-known addresses, resolvers, documentation ranges. */
export const Warninglist = z.looseObject({
  ...own('x-redoubt-warninglist'),
  version: z.string().max(100).optional(),
  list_type: z.enum(warninglistMatches),
  /** MISP's attribute types that the list is for: `ip-dst`, `domain|ip`. */
  matching_attributes: texts.optional(),
  category: text.optional(),
  /** Absent where it is empty. */
  list: z.array(z.string().max(10_000)).max(100_000).optional(),
});
export type Warninglist = z.infer<typeof Warninglist>;

export const warninglistType: OwnType<'x-redoubt-warninglist'> = {
  type: 'x-redoubt-warninglist',
  title: 'Warninglist',
  schema: Warninglist,
  extensionId: 'extension-definition--5c2f7a90-3f0e-4b0e-8d57-6a9f4e1c2b83',
  about: 'Values that look like indicators and are none, or are so common that a match says nothing.',
  properties:
    'name (string, required); list_type (one of cidr, hostname, string, substring, regex; required); ' +
    'description, version, category (string); list, matching_attributes, tags (list of string)',
};
