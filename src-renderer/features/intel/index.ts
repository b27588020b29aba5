export { FirstRun } from './first-run.tsx';
export { LogSourceBlock } from './matches/log-source-block.tsx';
export { MatchesBlock } from './matches/matches-block.tsx';
export { OverviewPanels } from './overview/overview.tsx';
export { PackNotices } from './pack-notices.tsx';
export { pasteKeys } from './paste/paste-keys.ts';
export { offerPaste, pasteHref } from './paste/paste-store.ts';
