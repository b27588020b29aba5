import {
  Archive,
  BookOpenText,
  CircleHelp,
  ClipboardPaste,
  Crosshair,
  FolderOpen,
  GitBranch,
  Grid3x3,
  History,
  House,
  Import,
  Layers,
  ListTodo,
  type LucideIcon,
  PackageOpen,
  Route,
  ScrollText,
  Search,
  Settings,
  ShieldCheck,
  Table,
} from 'lucide-react';
import { type ComponentType, lazy } from 'react';
import type { MessageKey } from '#renderer/messages/index.ts';
import { MatchesBlock } from '#renderer/features/intel/index.ts';
import type { EntityBlock } from '#renderer/features/knowledge/index.ts';
import type { ViewProps } from '#renderer/ui/index.ts';
import { HomeView } from './home-view.tsx';
import { JobsView } from './jobs-view.tsx';

export const groups = ['know', 'work', 'proof', 'app'] as const;

export interface View {
  /** First part of the address: `#/search`. */
  readonly name: string;
  readonly title: MessageKey;
  readonly view: ComponentType<ViewProps>;
  /** Where it stands in the rail; views that are reached by links only stand nowhere. */
  readonly group?: (typeof groups)[number];
  readonly icon: LucideIcon;
  /** After `g`, this letter goes there. */
  readonly letter?: string;
}

/** What features say on the page of an entity. */
export const entityBlocks: readonly EntityBlock[] = [{ name: 'matches', block: MatchesBlock }];

/** The views of the app, in the order of the rail. A new feature is a line here. */
export const views: readonly View[] = [
  { name: 'home', title: 'nav.home', icon: House, group: 'know', letter: 'o', view: HomeView },
  {
    name: 'matches',
    title: 'nav.matches',
    icon: Crosshair,
    group: 'know',
    letter: 'x',
    view: lazy(() => import('#renderer/features/intel/matches/matches-view.tsx').then((module) => ({ default: module.MatchesView }))),
  },
  {
    name: 'search',
    title: 'nav.search',
    icon: Search,
    group: 'know',
    letter: 's',
    view: lazy(() => import('#renderer/features/knowledge/search/search-view.tsx').then((module) => ({ default: module.SearchView }))),
  },
  {
    name: 'explore',
    title: 'nav.explore',
    icon: Table,
    group: 'know',
    letter: 'e',
    view: lazy(() => import('#renderer/features/knowledge/explore/explore-view.tsx').then((module) => ({ default: module.ExploreView }))),
  },
  {
    name: 'matrix',
    title: 'nav.matrix',
    icon: Grid3x3,
    group: 'know',
    letter: 'm',
    view: lazy(() => import('#renderer/features/coverage/matrix-view.tsx').then((module) => ({ default: module.MatrixView }))),
  },
  {
    name: 'paths',
    title: 'nav.paths',
    icon: Route,
    group: 'know',
    letter: 't',
    view: lazy(() => import('#renderer/features/knowledge/paths/paths-view.tsx').then((module) => ({ default: module.PathsView }))),
  },
  {
    name: 'paste',
    title: 'nav.paste',
    icon: ClipboardPaste,
    group: 'work',
    letter: 'v',
    view: lazy(() => import('#renderer/features/intel/paste/paste-view.tsx').then((module) => ({ default: module.PasteView }))),
  },
  {
    name: 'import',
    title: 'nav.import',
    icon: Import,
    group: 'work',
    letter: 'i',
    view: lazy(() => import('#renderer/features/knowledge/import/import-view.tsx').then((module) => ({ default: module.ImportView }))),
  },
  {
    name: 'open',
    title: 'nav.open',
    icon: FolderOpen,
    group: 'work',
    letter: 'f',
    view: lazy(() => import('#renderer/features/knowledge/open/open-view.tsx').then((module) => ({ default: module.OpenView }))),
  },
  {
    name: 'packs',
    title: 'nav.packs',
    icon: PackageOpen,
    group: 'work',
    letter: 'p',
    view: lazy(() => import('#renderer/features/intel/packs-view.tsx').then((module) => ({ default: module.PacksView }))),
  },
  {
    name: 'brief',
    title: 'nav.brief',
    icon: BookOpenText,
    group: 'work',
    letter: 'b',
    view: lazy(() => import('#renderer/features/investigation/brief-view.tsx').then((module) => ({ default: module.BriefView }))),
  },
  {
    name: 'branches',
    title: 'nav.branches',
    icon: GitBranch,
    group: 'work',
    letter: 'n',
    view: lazy(() =>
      import('#renderer/features/knowledge/branches/branches-view.tsx').then((module) => ({ default: module.BranchesView })),
    ),
  },
  {
    name: 'ledger',
    title: 'nav.ledger',
    icon: ShieldCheck,
    group: 'proof',
    letter: 'l',
    view: lazy(() => import('#renderer/features/admin/ledger-view.tsx').then((module) => ({ default: module.LedgerView }))),
  },
  {
    name: 'audit',
    title: 'nav.audit',
    icon: ScrollText,
    group: 'proof',
    letter: 'a',
    view: lazy(() => import('#renderer/features/admin/audit/audit-view.tsx').then((module) => ({ default: module.AuditView }))),
  },
  {
    name: 'history',
    title: 'nav.history',
    icon: History,
    group: 'proof',
    letter: 'h',
    view: lazy(() => import('#renderer/features/knowledge/history/history-view.tsx').then((module) => ({ default: module.HistoryView }))),
  },
  {
    name: 'backups',
    title: 'nav.backups',
    icon: Archive,
    group: 'proof',
    letter: 'u',
    view: lazy(() => import('#renderer/features/admin/backups/backups-view.tsx').then((module) => ({ default: module.BackupsView }))),
  },
  { name: 'jobs', title: 'nav.jobs', icon: ListTodo, group: 'proof', letter: 'j', view: JobsView },
  {
    name: 'settings',
    title: 'nav.settings',
    icon: Settings,
    group: 'app',
    letter: 'c',
    view: lazy(() => import('./settings/settings-view.tsx').then((module) => ({ default: module.SettingsView }))),
  },
  {
    name: 'help',
    title: 'nav.help',
    icon: CircleHelp,
    group: 'app',
    letter: 'q',
    view: lazy(() => import('./help/help-view.tsx').then((module) => ({ default: module.HelpView }))),
  },
  {
    name: 'entity',
    title: 'nav.entity',
    icon: Layers,
    view: lazy(() => import('#renderer/features/knowledge/entity/entity-view.tsx').then((module) => ({ default: module.EntityView }))),
  },
  {
    name: 'graph',
    title: 'graph.title',
    icon: Layers,
    view: lazy(() => import('#renderer/features/knowledge/graph/graph-view.tsx').then((module) => ({ default: module.GraphView }))),
  },
];
