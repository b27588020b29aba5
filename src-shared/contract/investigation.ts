import { z } from 'zod';
import { blob, query } from './define.ts';
import { onBranch } from './knowledge/branch.ts';

export const BriefInput = z.strictObject({
  title: z.string().trim().min(1).max(200).default('Threat brief'),
  /** Light text that opens the brief. */
  summary: z.string().max(5000).optional(),
  /** The graph as this branch shows it; the brief says so. */
  ...onBranch,
});

export const investigation = {
  writeBrief: query(
    'Writes a brief of the workspace as one HTML file: what was imported, what the threats use, what touches the assets, the ledger.',
    BriefInput,
    blob(z.object({ fileName: z.string(), mediaType: z.literal('text/html'), size: z.int() })),
  ),
};
