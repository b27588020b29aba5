import { z } from 'zod';
import { own, type OwnType, refs, text } from './own-type.ts';

/** A safeguard: what a framework asks for, or what is in place. */
export const Control = z.looseObject({
  ...own('x-redoubt-control'),
  control_id: text.optional(),
  framework: text.optional(),
  status: z.enum(['planned', 'partial', 'in-place', 'not-applicable']).optional(),
  owner: text.optional(),
  /** Techniques it mitigates, assets it protects. */
  technique_refs: refs.optional(),
  asset_refs: refs.optional(),
});
export type Control = z.infer<typeof Control>;

export const controlType: OwnType<'x-redoubt-control'> = {
  type: 'x-redoubt-control',
  title: 'Control',
  schema: Control,
  extensionId: 'extension-definition--b951bc8f-a120-4538-8fd4-3f4fa076d6fd',
  about: 'A safeguard, as asked for by a framework or as put in place.',
  properties:
    'name (string, required); description, control_id, framework, owner (string); status (one of planned, partial, in-place, ' +
    'not-applicable); technique_refs, asset_refs (list of identifier); tags (list of string)',
};
