import { z } from 'zod';
import { command, query } from '../define.ts';

export const Pack = z.object({
  name: z.string(),
  title: z.string(),
  version: z.string(),
  objects: z.int(),
  relationships: z.int(),
  /** Date of the source's release. */
  released: z.string(),
  notice: z.string(),
  installed: z.boolean(),
  installedVersion: z.string().optional(),
});
export type Pack = z.infer<typeof Pack>;

export const packCalls = {
  listPacks: query('Lists the built-in packs and whether each is installed.', z.void(), z.array(Pack)),
  installPacks: command(
    'Installs built-in packs by name; all of them unless named.',
    z.strictObject({ names: z.array(z.string().max(100)).max(20).optional() }),
    z.object({ jobId: z.string() }),
  ),
  openDemo: command(
    'Fills the workspace with the demo hospital: assets, flows, software, findings, controls, log sources.',
    z.void(),
    z.object({ jobId: z.string() }),
  ),
};
