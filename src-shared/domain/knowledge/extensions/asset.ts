import { z } from 'zod';
import { exposures } from './exposures.ts';
import { own, type OwnType, text, texts } from './own-type.ts';

export { exposures };
export const Exposure = z.enum(exposures);
export type Exposure = z.infer<typeof Exposure>;

/** A machine, service, device, application or store of data that its owner would miss. */
export const Asset = z.looseObject({
  ...own('x-redoubt-asset'),
  /** The owner's own number for it: inventory tag, serial number, CMDB id. */
  asset_id: text.optional(),
  asset_type: text.optional(),
  hostnames: texts.optional(),
  ip_addresses: texts.optional(),
  mac_addresses: texts.optional(),
  serial_number: text.optional(),
  owner: text.optional(),
  business_unit: text.optional(),
  /** 1 (least) to 5 (most critical). */
  criticality: z.int().min(1).max(5).optional(),
  exposure: Exposure.optional(),
  zone: text.optional(),
  operating_system: text.optional(),
  vendor: text.optional(),
  model: text.optional(),
  /** Names, CPE 2.3 names or package URLs, as the source gave them. */
  software: texts.optional(),
  log_sources: texts.optional(),
  location: text.optional(),
  cpe: text.optional(),
  environment: text.optional(),
  status: text.optional(),
});
export type Asset = z.infer<typeof Asset>;

export const assetType: OwnType<'x-redoubt-asset'> = {
  type: 'x-redoubt-asset',
  title: 'Asset',
  schema: Asset,
  extensionId: 'extension-definition--42e3975c-db3c-413e-9264-d7be87e68e91',
  about: 'A machine, service, device, application or store of data that an organisation owns or depends on.',
  properties:
    'name (string, required); description, asset_id, asset_type, serial_number, owner, business_unit, zone, operating_system, vendor, ' +
    'model, location, cpe, environment, status (string); hostnames, ip_addresses, mac_addresses, software, log_sources, tags (list of string); ' +
    'criticality (integer, 1 least to 5 most); exposure (one of internet, partner, internal, isolated)',
};
