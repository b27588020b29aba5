import { createRoot } from 'react-dom/client';
import type { Connection } from '#renderer/client/index.ts';
import { App } from './app.tsx';
import { applyPreferences } from './preferences.ts';
import '#renderer/ui/tokens.css';
import '#renderer/ui/base.css';
import '#renderer/ui/layout.css';

/** Puts the face on the page, over whatever connection it is given. */
export function start(connect: () => Promise<Connection>) {
  applyPreferences();
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<App connect={connect} />);
}
