import { z } from 'zod';
import { own, type OwnType, texts } from './own-type.ts';

/** Data that goes from one asset to another. */
export const DataFlow = z.looseObject({
  ...own('x-redoubt-data-flow'),
  /** The asset that opens the flow, and the one it goes to. */
  from_ref: z.string().max(300),
  to_ref: z.string().max(300),
  protocols: texts.optional(),
  ports: z.array(z.int().min(0).max(65_535)).max(1000).optional(),
  data_classes: texts.optional(),
  encrypted: z.boolean().optional(),
  authenticated: z.boolean().optional(),
  crosses_boundary: z.boolean().optional(),
});
export type DataFlow = z.infer<typeof DataFlow>;

export const dataFlowType: OwnType<'x-redoubt-data-flow'> = {
  type: 'x-redoubt-data-flow',
  title: 'Data flow',
  schema: DataFlow,
  extensionId: 'extension-definition--61b9ee25-8c30-418a-a303-e77dc290a823',
  about: 'Data that goes from one asset to another.',
  properties:
    'name (string, required); from_ref, to_ref (identifier, required); description (string); protocols, data_classes, tags (list of ' +
    'string); ports (list of integer); encrypted, authenticated, crosses_boundary (boolean)',
};
