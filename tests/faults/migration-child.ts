import { savedPassphrase } from '../migrations/saved-content.ts';
import { say } from './copies-lines.ts';
import { startEngine } from './world.ts';

/* Opens a saved older workspace, which copies and migrates it. Run by `kill-kinds.ts`. */
const { dataDir } = JSON.parse(process.argv[2] as string) as { dataDir: string };
const world = startEngine(dataDir);
say({ phase: 'opening' });
await world.client.admin.unlock({ passphrase: savedPassphrase });
say({ phase: 'open' });
await world.close();
say({ phase: 'closed' });
