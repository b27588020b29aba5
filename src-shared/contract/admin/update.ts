import { z } from 'zod';
import { query } from '../define.ts';

/** What a verified update file says. */
export const UpdateCheck = z.object({
  current: z.string(),
  version: z.string(),
  /** Whether it is newer than what runs. */
  newer: z.boolean(),
  released: z.iso.datetime(),
  notes: z.string(),
  /** Fingerprint of the release key that signed it. */
  key: z.string(),
  /** The installers for this system. */
  files: z.array(z.object({ name: z.string(), size: z.int(), sha512: z.string() })),
});
export type UpdateCheck = z.infer<typeof UpdateCheck>;

export const updateCalls = {
  checkUpdate: query(
    'Checks the signature of an update file (redoubt-update.json) and says what it would bring; nothing is fetched or installed.',
    z.strictObject({ text: z.string().max(262_144) }),
    UpdateCheck,
    { whileLocked: true },
  ),
};
