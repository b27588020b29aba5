import { z } from 'zod';
import { StixId } from '../../domain/knowledge/stix.ts';
import { command, query } from '../define.ts';
import { counted, limit, offset } from './paging.ts';

export const BranchId = z.uuid();
export type BranchId = z.infer<typeof BranchId>;

/** Where a call may work on a branch; without it, on main. */
export const onBranch = { branch: BranchId.optional() };

const name = z.string().trim().min(1).max(200);
const description = z.string().max(10_000);
const who = z.object({ at: z.iso.datetime(), actor: z.string() });

export const Branch = z.object({
  id: BranchId,
  name: z.string(),
  description: z.string().optional(),
  /** Only an open or a proposed one takes edits; a merged or discarded one stays readable. */
  state: z.enum(['open', 'proposed', 'merged', 'discarded']),
  created: who,
  proposed: who.optional(),
  /** When it was merged or discarded; `action` is what `undo` takes to take that back. */
  closed: who.extend({ action: z.string() }).optional(),
  /** Objects that its operations are about. */
  objects: z.int(),
});
export type Branch = z.infer<typeof Branch>;

/** Which change of a branch: the object, what of it, and of a property or tag its name. */
export const ChangeKey = z.strictObject({
  id: StixId,
  kind: z.enum(['object', 'property', 'tag', 'deletion']),
  name: z.string().max(250).optional(),
});
export type ChangeKey = z.infer<typeof ChangeKey>;

/** Of two values: that of the branch, that of main, or a third one. */
export const Take = z.enum(['branch', 'main', 'value']);

export const BranchReview = who.extend({
  decision: z.enum(['accepted', 'rejected']),
  reason: z.string().optional(),
  take: Take.optional(),
  value: z.json().optional(),
});
export type BranchReview = z.infer<typeof BranchReview>;

export const BranchChange = z.object({
  id: StixId,
  type: z.string(),
  /** Name of the object as the branch shows it. */
  title: z.string(),
  kind: ChangeKey.shape.kind,
  name: z.string().optional(),
  /** Conflicting: main has moved since the branch saw it, and the two differ. */
  state: z.enum(['added', 'changed', 'removed', 'conflicting']),
  main: z.json().optional(),
  branch: z.json().optional(),
  /** What the branch saw on main when it was changed, where that is no longer what main says. */
  base: z.json().optional(),
  changed: who,
  /** Absent: nobody has decided, or what was decided has changed since. */
  review: BranchReview.optional(),
});
export type BranchChange = z.infer<typeof BranchChange>;

export const ChangeCounts = z.object({
  added: z.int(),
  changed: z.int(),
  removed: z.int(),
  conflicting: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  undecided: z.int(),
});
export type ChangeCounts = z.infer<typeof ChangeCounts>;

export const branchCalls = {
  createBranch: command(
    'Makes a branch: a set of changes beside main that can be reviewed and merged.',
    z.strictObject({ name, description: description.optional() }),
    Branch,
  ),
  listBranches: query(
    'Lists the branches, newest first.',
    z.strictObject({
      states: z.array(Branch.shape.state).max(4).optional(),
      limit: limit(500, 100),
      offset,
    }),
    z.object({ rows: z.array(Branch), ...counted }),
  ),
  getBranch: query(
    'Shows one branch with the number of its changes.',
    z.strictObject({ branch: BranchId }),
    Branch.extend({ counts: ChangeCounts }),
  ),
  renameBranch: command(
    'Gives a branch another name or description.',
    z.strictObject({ branch: BranchId, name, description: description.optional() }),
    Branch,
  ),
  getBranchChanges: query(
    'Lists what a branch changes, object by object and property by property, beside what main says. A merged one is compared with main as it was then.',
    z.strictObject({
      branch: BranchId,
      id: StixId.optional(),
      states: z.array(BranchChange.shape.state).max(4).optional(),
      decisions: z
        .array(z.enum(['accepted', 'rejected', 'undecided']))
        .max(3)
        .optional(),
      limit: limit(500, 100),
      offset,
    }),
    z.object({ rows: z.array(BranchChange), ...counted, counts: ChangeCounts }),
  ),
  proposeBranch: command('Proposes a branch for review.', z.strictObject({ branch: BranchId }), Branch),
  reopenBranch: command('Takes a proposal back, so that work on the branch goes on.', z.strictObject({ branch: BranchId }), Branch),
  reviewChanges: command(
    'Accepts or rejects changes of a branch, with a reason; of a conflicting one says which value to take. Without a list: all that are undecided and not conflicting.',
    z.strictObject({
      branch: BranchId,
      changes: z.array(ChangeKey).min(1).max(2000).optional(),
      decision: z.enum(['accepted', 'rejected', 'undecided']),
      reason: z.string().trim().min(1).max(2000).optional(),
      take: Take.optional(),
      value: z.json().optional(),
    }),
    z.object({ action: z.string(), reviewed: z.int(), counts: ChangeCounts }),
  ),
  mergeBranch: command(
    'Writes the accepted changes of a branch to main as one action; rejected ones stay recorded. Refused while a change is undecided.',
    z.strictObject({ branch: BranchId }),
    z.object({ action: z.string(), merged: z.int(), rejected: z.int(), branch: Branch }),
  ),
  discardBranch: command(
    'Closes a branch without merging it; can be undone.',
    z.strictObject({ branch: BranchId }),
    z.object({ action: z.string(), branch: Branch }),
  ),
};
