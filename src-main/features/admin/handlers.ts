import type { admin } from '#shared/contract/admin.ts';
import type { AuditPage, AuditVerification, Compaction, LedgerEntry, WorkspaceFacts, WorkspaceState } from '#shared/contract/admin.ts';
import type { z } from 'zod';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { BackupDoor } from './backup-door.ts';
import { backupHandlers } from './backup-handlers.ts';
import type { AdminStore } from './store/admin-store.ts';
import { type UpdateTerms, updateHandlers } from './update-handlers.ts';

export type AuditWanted = z.output<typeof admin.listAudit.input>;

/** What the engine offers to whoever opens and closes the workspace. */
export interface WorkspaceDoor {
  state(): Promise<WorkspaceState>;
  create(passphrase: string, remember: boolean): Promise<{ recoveryCode: string }>;
  unlock(by: { passphrase: string } | { recoveryCode: string } | { keychain: true }): Promise<WorkspaceState>;
  lock(): Promise<WorkspaceState>;
  changePassphrase(current: string, next: string): Promise<void>;
  /** Throws `wrong_passphrase`; answers with the new code, which is kept nowhere. */
  renewRecoveryCode(passphrase: string): Promise<{ recoveryCode: string }>;
  setKeychain(remember: boolean): Promise<WorkspaceState>;
  /** What was refused since the engine started; undefined while a workspace is open, whose store then has it. */
  locked(): { readonly early: readonly LedgerEntry[]; readonly since: number } | undefined;
  readonly backups: BackupDoor;
  readonly compaction: { start(): { jobId: string }; outcome(jobId: string): Compaction };
  /** Of the open workspace. */
  readonly open: () => {
    readonly store: AdminStore;
    /** When the workspace was made: the ledger has run since. */
    readonly recordedSince: string;
    /** Refusals before the workspace was open, or that could not be written. */
    readonly early: readonly LedgerEntry[];
    facts(): WorkspaceFacts;
    /** Tells every face that what may leave is another now. */
    policyChanged(): void;
    auditPage(wanted: AuditWanted, signal: AbortSignal): Promise<AuditPage>;
    verify(signal: AbortSignal): Promise<AuditVerification>;
    /** The same as a job. */
    checkAudit(): { jobId: string };
    auditCheck(jobId: string): AuditVerification;
    audit(what: string, details: Json): void;
  };
}

/** All of the word but `takeAsked`, which is between the desktop and its page. */
export function createAdminHandlers(
  door: WorkspaceDoor,
  update: UpdateTerms,
): Omit<Handlers<{ admin: typeof admin }>['admin'], 'takeAsked'> {
  return {
    ...backupHandlers(door.backups),
    ...updateHandlers(update),
    getWorkspace: () => door.state(),
    createWorkspace: ({ passphrase, rememberInKeychain }) => door.create(passphrase, rememberInKeychain),
    unlock: (by) => door.unlock(by),
    lock: () => door.lock(),
    async changePassphrase({ current, next }) {
      await door.changePassphrase(current, next);
      return { changed: true };
    },
    getWorkspaceFacts: () => door.open().facts(),
    renewRecoveryCode: ({ passphrase }) => door.renewRecoveryCode(passphrase),
    setKeychain: ({ remember }) => door.setKeychain(remember),
    listAudit: (wanted, { signal }) => door.open().auditPage(wanted, signal),
    getLedger() {
      const locked = door.locked();
      // Without a workspace there are no allowed hosts, so nothing can have been sent.
      if (locked) return { requests: [], refused: [...locked.early], network: 'off', since: new Date(locked.since).toISOString() };
      const { store, early, recordedSince } = door.open();
      const entries = [...early, ...store.entries()];
      return {
        requests: entries.filter(({ outcome }) => outcome !== 'refused'),
        refused: entries.filter(({ outcome }) => outcome === 'refused'),
        network: store.rules().length > 0 ? 'on' : 'off',
        since: recordedSince,
      };
    },
    checkAudit: () => door.open().checkAudit(),
    getAuditCheck: ({ jobId }) => door.open().auditCheck(jobId),
    compactWorkspace: () => door.compaction.start(),
    getCompaction: ({ jobId }) => door.compaction.outcome(jobId),
    verifyAudit: (_input, { signal }) => door.open().verify(signal),
    listNetworkRules: () => door.open().store.rules(),
    allowHost(rule) {
      const { store, audit, policyChanged } = door.open();
      store.allow(rule);
      audit('allowHost', rule);
      policyChanged();
      return store.rules();
    },
    revokeHost(rule) {
      const { store, audit, policyChanged } = door.open();
      store.revoke(rule);
      audit('revokeHost', rule);
      policyChanged();
      return store.rules();
    },
  };
}
