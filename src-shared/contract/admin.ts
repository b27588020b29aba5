import { auditCalls } from './admin/audit.ts';
import { backupCalls } from './admin/backup.ts';
import { desktopCalls } from './admin/desktop.ts';
import { networkCalls } from './admin/network.ts';
import { settingsCalls } from './admin/settings.ts';
import { updateCalls } from './admin/update.ts';
import { workspaceCalls } from './admin/workspace.ts';

export * from './admin/audit.ts';
export * from './admin/backup.ts';
export * from './admin/desktop.ts';
export * from './admin/network.ts';
export * from './admin/settings.ts';
export * from './admin/update.ts';
export * from './admin/workspace.ts';

/** The workspace itself, its network and its copies; each group of calls in a file of its own. */
export const admin = {
  ...workspaceCalls,
  ...networkCalls,
  ...desktopCalls,
  ...backupCalls,
  ...updateCalls,
  ...settingsCalls,
  ...auditCalls,
};
