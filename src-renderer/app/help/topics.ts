import type { Topic } from './topic.ts';

export interface TopicEntry {
  readonly name: string;
  readonly title: string;
  /** Views whose “?” leads here. */
  readonly views: readonly string[];
  readonly load: () => Promise<{ topic: Topic }>;
}

/** In the order of reading. */
export const topics: readonly TopicEntry[] = [
  { name: 'first', title: 'First ten minutes', views: ['home'], load: () => import('./topics/first.ts') },
  { name: 'importing', title: 'Importing', views: ['import', 'packs'], load: () => import('./topics/importing.ts') },
  { name: 'tools', title: 'What each tool brings over', views: ['open'], load: () => import('./topics/tools.ts') },
  { name: 'matrix', title: 'The matrix', views: ['matrix'], load: () => import('./topics/matrix.ts') },
  {
    name: 'graph',
    title: 'The graph and paths',
    views: ['graph', 'entity', 'paths', 'explore', 'search'],
    load: () => import('./topics/graph.ts'),
  },
  { name: 'branches', title: 'Branches and review', views: ['branches'], load: () => import('./topics/branches.ts') },
  { name: 'paste', title: 'Paste anything', views: ['paste'], load: () => import('./topics/paste.ts') },
  { name: 'matching', title: 'Matching to your assets', views: ['matches'], load: () => import('./topics/matching.ts') },
  { name: 'proof', title: 'Ledger and audit', views: ['ledger', 'audit', 'history'], load: () => import('./topics/proof.ts') },
  { name: 'backup', title: 'Backups', views: ['backups'], load: () => import('./topics/backup.ts') },
  { name: 'keys', title: 'Keyboard', views: [], load: () => import('./topics/keys.ts') },
  { name: 'locks', title: 'Passphrase, recovery code, locking', views: ['settings'], load: () => import('./topics/locks.ts') },
  { name: 'trouble', title: 'Troubleshooting', views: ['jobs', 'brief'], load: () => import('./topics/trouble.ts') },
  { name: 'notices', title: 'Licences and notices', views: [], load: () => import('./topics/notices.ts') },
  { name: 'glossary', title: 'Words of STIX and ATT&CK', views: [], load: () => import('./topics/glossary.ts') },
];

export const topicOf = (view: string): TopicEntry | undefined => topics.find(({ views }) => views.includes(view));
