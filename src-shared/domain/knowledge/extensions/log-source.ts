import { z } from 'zod';
import { own, type OwnType, refs, text } from './own-type.ts';

/** Where events come from: a product's log on some assets, with the ATT&CK data components it shows. */
export const LogSource = z.looseObject({
  ...own('x-redoubt-log-source'),
  product: text.optional(),
  channel: text.optional(),
  enabled: z.boolean().optional(),
  retention_days: z.int().min(0).optional(),
  data_component_refs: refs.optional(),
  asset_refs: refs.optional(),
});
export type LogSource = z.infer<typeof LogSource>;

export const logSourceType: OwnType<'x-redoubt-log-source'> = {
  type: 'x-redoubt-log-source',
  title: 'Log source',
  schema: LogSource,
  extensionId: 'extension-definition--adede6b6-34f0-489f-a7a3-5a2751955f2d',
  about: 'A source of events, with the ATT&CK data components it shows and the assets it covers.',
  properties:
    'name (string, required); description, product, channel (string); enabled (boolean); retention_days (integer); ' +
    'data_component_refs, asset_refs (list of identifier); tags (list of string)',
};
