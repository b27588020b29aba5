import { z } from 'zod';
import { StixId, Tlp } from '../../domain/knowledge/stix.ts';
import { command, query } from '../define.ts';
import { EntitySummary } from '../knowledge/entity.ts';
import { counted } from '../knowledge/paging.ts';

export const pastedKinds = [
  'ipv4',
  'ipv6',
  'cidr',
  'domain',
  'url',
  'email',
  'md5',
  'sha1',
  'sha256',
  'sha512',
  'ssdeep',
  'file-name',
  'file-path',
  'registry-key',
  'mac',
  'asn',
  'crypto-address',
  'cve',
  'attack',
  'capec',
  'cwe',
  'name',
] as const;
export const PastedKind = z.enum(pastedKinds);
export type PastedKind = z.infer<typeof PastedKind>;

/** Why a hit may be something else than it looks like. */
export const pastedDoubts = ['reserved', 'version', 'case', 'words', 'unknown-id', 'short', 'common', 'spelling'] as const;

/** An opinion or a judgement that someone wrote down about the thing before. */
export const Verdict = z.object({
  /** The STIX opinion that holds it. */
  id: StixId,
  opinion: z.enum(['strongly-disagree', 'disagree', 'neutral', 'agree', 'strongly-agree']),
  reason: z.string(),
  at: z.iso.datetime().optional(),
  by: z.string(),
});
export type Verdict = z.infer<typeof Verdict>;

/** What the graph knows of a hit. */
export const Known = z.object({
  entity: EntitySummary,
  /** Standing edges from and to it. */
  relations: z.int(),
  /** How it touches the user's own assets, nearest first. */
  assets: z.array(EntitySummary),
  assetsTotal: z.int(),
  verdict: Verdict.optional(),
});
export type Known = z.infer<typeof Known>;

export const PastedHit = z.object({
  /** Names the hit in `keepPasted`. */
  key: z.string(),
  kind: PastedKind,
  /** Refanged, in its one form. */
  value: z.string(),
  /** As it stands in the text, each spelling once, the first few. */
  written: z.array(z.string()),
  /** Places in the text as given, in UTF-16 units, the first few hundred. */
  places: z.array(z.object({ start: z.int(), end: z.int() })),
  count: z.int(),
  sentence: z.string(),
  doubt: z.enum(pastedDoubts).optional(),
  /** What carries this id, name, value or hash; the best first. */
  known: z.array(Known),
  knownTotal: z.int(),
  /** Names of the warninglists it stands in. */
  warninglists: z.array(z.string()),
  /** Whether `keepPasted` can make a STIX object of it or refer to one. */
  keepable: z.boolean(),
});
export type PastedHit = z.infer<typeof PastedHit>;

export const Recognised = z.object({
  pasteId: z.string(),
  hits: z.array(PastedHit),
  ...counted,
  /** Hits whose values were also looked for inside patterns and texts; the rest ran into the time limit. */
  searched: z.int(),
  characters: z.int(),
});
export type Recognised = z.infer<typeof Recognised>;

export const pasteCalls = {
  recognise: query(
    'Finds indicators, ids and known names in a text (up to 2 MB) and says what the graph knows of each. Keeps nothing. A blank text makes ready for the next.',
    z.union([
      z.strictObject({ text: z.string().max(300_000) }),
      /** A longer text, sent by `knowledge.openUpload` as UTF-8. */
      z.strictObject({ uploadId: z.string().max(100) }),
    ]),
    Recognised,
  ),
  keepPasted: command(
    'Keeps chosen hits of a recognised text as STIX objects, with a report that names their source; one action, which can be undone.',
    z.strictObject({
      pasteId: z.string().max(100),
      keys: z.array(z.string().max(3000)).min(1).max(5000),
      /** What becomes of addresses, files and keys: facts (observables), or also indicators that look for them. */
      as: z.enum(['observables', 'indicators']).default('observables'),
      source: z.strictObject({
        title: z.string().trim().min(1).max(1000),
        url: z.url().max(2000).optional(),
        author: z.string().trim().max(300).optional(),
        /** The day of the source. */
        date: z.iso.date().optional(),
        tlp: Tlp.optional(),
      }),
      /** The text becomes the report's description, up to 100,000 characters. */
      keepText: z.boolean().default(true),
    }),
    z.object({
      /** For `knowledge.undo`; absent where all of it was here already. */
      action: z.string().optional(),
      importId: z.string(),
      report: StixId,
      created: z.int(),
      updated: z.int(),
      unchanged: z.int(),
      /** What could not be made an object of its own, and why. */
      left: z.array(z.object({ value: z.string(), why: z.string() })),
    }),
  ),
};
