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
import type { MessageKey } from '#renderer/messages/index.ts';

export const groups = ['know', 'work', 'proof', 'app'] as const;

/** A place in the app, without what is shown there: what keys, palette, rail and help need to know of it. */
export interface Place {
  /** First part of the address: `#/search`. */
  readonly name: string;
  readonly title: MessageKey;
  /** Where it stands in the rail; views that are reached by links only stand nowhere. */
  readonly group?: (typeof groups)[number];
  readonly icon: LucideIcon;
  /** After `g`, this letter goes there. */
  readonly letter?: string;
  /** What it shows while a branch is chosen: the branch, main all the same, or nothing of the graph. */
  readonly shows: 'branch' | 'main' | 'workspace';
}

const listed = [
  { name: 'home', title: 'nav.home', icon: House, group: 'know', letter: 'o', shows: 'branch' },
  {
    name: 'matches',
    title: 'nav.matches',
    icon: Crosshair,
    group: 'know',
    letter: 'x',
    shows: 'main',
  },
  {
    name: 'search',
    title: 'nav.search',
    icon: Search,
    group: 'know',
    letter: 's',
    shows: 'branch',
  },
  {
    name: 'explore',
    title: 'nav.explore',
    icon: Table,
    group: 'know',
    letter: 'e',
    shows: 'branch',
  },
  {
    name: 'matrix',
    title: 'nav.matrix',
    icon: Grid3x3,
    group: 'know',
    letter: 'm',
    shows: 'branch',
  },
  {
    name: 'paths',
    title: 'nav.paths',
    icon: Route,
    group: 'know',
    letter: 't',
    shows: 'branch',
  },
  {
    name: 'paste',
    title: 'nav.paste',
    icon: ClipboardPaste,
    group: 'work',
    letter: 'v',
    shows: 'main',
  },
  {
    name: 'import',
    title: 'nav.import',
    icon: Import,
    group: 'work',
    letter: 'i',
    shows: 'branch',
  },
  {
    name: 'open',
    title: 'nav.open',
    icon: FolderOpen,
    group: 'work',
    letter: 'f',
    shows: 'workspace',
  },
  {
    name: 'packs',
    title: 'nav.packs',
    icon: PackageOpen,
    group: 'work',
    letter: 'p',
    shows: 'main',
  },
  {
    name: 'brief',
    title: 'nav.brief',
    icon: BookOpenText,
    group: 'work',
    letter: 'b',
    shows: 'branch',
  },
  {
    name: 'branches',
    title: 'nav.branches',
    icon: GitBranch,
    group: 'work',
    letter: 'n',
    shows: 'branch',
  },
  {
    name: 'ledger',
    title: 'nav.ledger',
    icon: ShieldCheck,
    group: 'proof',
    letter: 'l',
    shows: 'workspace',
  },
  {
    name: 'audit',
    title: 'nav.audit',
    icon: ScrollText,
    group: 'proof',
    letter: 'a',
    shows: 'workspace',
  },
  {
    name: 'history',
    title: 'nav.history',
    icon: History,
    group: 'proof',
    letter: 'h',
    shows: 'branch',
  },
  {
    name: 'backups',
    title: 'nav.backups',
    icon: Archive,
    group: 'proof',
    letter: 'u',
    shows: 'workspace',
  },
  { name: 'jobs', title: 'nav.jobs', icon: ListTodo, group: 'proof', letter: 'j', shows: 'workspace' },
  {
    name: 'settings',
    title: 'nav.settings',
    icon: Settings,
    group: 'app',
    letter: 'c',
    shows: 'workspace',
  },
  {
    name: 'help',
    title: 'nav.help',
    icon: CircleHelp,
    group: 'app',
    letter: 'q',
    shows: 'workspace',
  },
  {
    name: 'entity',
    title: 'nav.entity',
    icon: Layers,
    shows: 'branch',
  },
  {
    name: 'graph',
    title: 'graph.title',
    icon: Layers,
    shows: 'branch',
  },
] as const satisfies readonly Place[];

export type PlaceName = (typeof listed)[number]['name'];

/** The places of the app, in the order of the rail. A new one is a line in the list, and its view one in features.ts. */
export const places: readonly (Place & { readonly name: PlaceName })[] = listed;
