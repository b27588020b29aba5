import { join } from 'node:path';
import { requireWritable, root, SetupError } from './setup.mjs';

/** Builds the command line of an installed Redoubt into out/cli; silent, a second or two. */
export async function buildCommandLine() {
  requireWritable(root);
  try {
    const { build } = await import('vite');
    await build({ configFile: join(root, 'build', 'cli.vite.config.ts'), logLevel: 'error' });
  } catch (error) {
    throw new SetupError(`The command line could not be built: ${error instanceof Error ? error.message : error}`);
  }
}
