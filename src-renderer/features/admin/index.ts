export { NetworkSeal } from './network-seal.tsx';
export { WorkspaceWarning } from './backups/workspace-warning.tsx';
export { UnlockView } from './unlock-view.tsx';
