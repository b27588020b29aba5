import { type ComponentType, lazy } from 'react';
import { LogSourceBlock, MatchesBlock } from '#renderer/features/intel/index.ts';
import type { EntityBlock } from '#renderer/features/knowledge/index.ts';
import type { ViewProps } from '#renderer/ui/index.ts';
import { HomeView } from './home-view.tsx';
import { JobsView } from './jobs-view.tsx';
import { type Place, type PlaceName, places } from './places.ts';

/** A place with what is shown there. */
export interface View extends Place {
  readonly view: ComponentType<ViewProps>;
}

/** What features say on the page of an entity. */
export const entityBlocks: readonly EntityBlock[] = [
  { name: 'matches', block: MatchesBlock },
  { name: 'log-sources', block: LogSourceBlock },
];

const faces: Readonly<Record<PlaceName, ComponentType<ViewProps>>> = {
  home: HomeView,
  matches: lazy(() => import('#renderer/features/intel/matches/matches-view.tsx').then((module) => ({ default: module.MatchesView }))),
  search: lazy(() => import('#renderer/features/knowledge/search/search-view.tsx').then((module) => ({ default: module.SearchView }))),
  explore: lazy(() => import('#renderer/features/knowledge/explore/explore-view.tsx').then((module) => ({ default: module.ExploreView }))),
  matrix: lazy(() => import('#renderer/features/coverage/matrix-view.tsx').then((module) => ({ default: module.MatrixView }))),
  paths: lazy(() => import('#renderer/features/knowledge/paths/paths-view.tsx').then((module) => ({ default: module.PathsView }))),
  paste: lazy(() => import('#renderer/features/intel/paste/paste-view.tsx').then((module) => ({ default: module.PasteView }))),
  import: lazy(() => import('#renderer/features/knowledge/import/import-view.tsx').then((module) => ({ default: module.ImportView }))),
  open: lazy(() => import('#renderer/features/knowledge/open/open-view.tsx').then((module) => ({ default: module.OpenView }))),
  packs: lazy(() => import('#renderer/features/intel/packs-view.tsx').then((module) => ({ default: module.PacksView }))),
  brief: lazy(() => import('#renderer/features/investigation/brief-view.tsx').then((module) => ({ default: module.BriefView }))),
  branches: lazy(() =>
    import('#renderer/features/knowledge/branches/branches-view.tsx').then((module) => ({ default: module.BranchesView })),
  ),
  ledger: lazy(() => import('#renderer/features/admin/ledger-view.tsx').then((module) => ({ default: module.LedgerView }))),
  audit: lazy(() => import('#renderer/features/admin/audit/audit-view.tsx').then((module) => ({ default: module.AuditView }))),
  history: lazy(() => import('#renderer/features/knowledge/history/history-view.tsx').then((module) => ({ default: module.HistoryView }))),
  backups: lazy(() => import('#renderer/features/admin/backups/backups-view.tsx').then((module) => ({ default: module.BackupsView }))),
  jobs: JobsView,
  settings: lazy(() => import('./settings/settings-view.tsx').then((module) => ({ default: module.SettingsView }))),
  help: lazy(() => import('./help/help-view.tsx').then((module) => ({ default: module.HelpView }))),
  entity: lazy(() => import('#renderer/features/knowledge/entity/entity-view.tsx').then((module) => ({ default: module.EntityView }))),
  graph: lazy(() => import('#renderer/features/knowledge/graph/graph-view.tsx').then((module) => ({ default: module.GraphView }))),
};

/** The views of the app, in the order of the rail. */
export const views: readonly View[] = places.map((place) => ({ ...place, view: faces[place.name] }));
