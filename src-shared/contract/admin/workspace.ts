import { z } from 'zod';
import { command, event, query } from '../define.ts';
import { Backup } from './backup.ts';

/** A passphrase never leaves the engine and is never logged. */
const Passphrase = z.string().min(1).max(1024);
const NewPassphrase = z.string().min(8, 'choose a passphrase of at least 8 characters').max(1024);

export const Damage = z.object({
  /** What is broken, in one sentence. */
  what: z.string(),
  /** The newest verified copy that can take its place. */
  backup: Backup.optional(),
  /** Acknowledged operations that the copy does not hold, where their number is known. */
  missing: z.int().optional(),
  /** What the copy lacks, in one sentence. */
  lacks: z.string(),
  /** Whether the key is at hand, so that a copy can be previewed and restored now. */
  canRestore: z.boolean(),
});
export type Damage = z.infer<typeof Damage>;

export const WorkspaceState = z.object({
  /** `damaged`: there is one, and it cannot be opened. */
  state: z.enum(['none', 'locked', 'open', 'damaged']),
  /** What is broken and what can take its place; also of an open workspace in which it showed. */
  damage: Damage.optional(),
  /** Something a person must know of this opening, such as changes that were lost with a power cut. */
  notice: z.string().optional(),
  name: z.string(),
  /** Whether the system's keychain holds the key, so that opening needs no passphrase. */
  keychain: z.boolean(),
  /** Whether this system has a keychain that could hold it. */
  keychainAvailable: z.boolean(),
});
export type WorkspaceState = z.infer<typeof WorkspaceState>;

export const workspaceCalls = {
  getWorkspace: query('Says whether a workspace exists, is locked or is open.', z.void(), WorkspaceState, { whileLocked: true }),
  createWorkspace: command(
    'Makes an empty encrypted workspace and answers with its recovery code, which is shown once.',
    z.strictObject({ passphrase: NewPassphrase, rememberInKeychain: z.boolean().default(false) }),
    z.object({ recoveryCode: z.string() }),
    { whileLocked: true, needs: 'admin' },
  ),
  unlock: command(
    'Opens the workspace by passphrase, recovery code or the system keychain.',
    z.union([
      z.strictObject({ passphrase: Passphrase }),
      z.strictObject({ recoveryCode: z.string().max(200) }),
      z.strictObject({ keychain: z.literal(true) }),
    ]),
    WorkspaceState,
    { whileLocked: true, needs: 'admin' },
  ),
  lock: command('Closes the workspace and forgets its key.', z.void(), WorkspaceState, { needs: 'admin' }),
  changePassphrase: command(
    'Wraps the key with a new passphrase; nothing is encrypted anew.',
    z.strictObject({ current: Passphrase, next: NewPassphrase }),
    z.object({ changed: z.literal(true) }),
    { needs: 'admin' },
  ),
  workspaceChanged: event('The workspace was opened, closed or made.', WorkspaceState),
};
