import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiled, findNode, launch, neededNode, root, runNode, SetupError } from './setup.mjs';

const cli = join(root, 'src-main', 'cli.ts');

launch(async () => {
  if (!existsSync(join(root, 'node_modules', '.package-lock.json')))
    throw new SetupError(`Redoubt is not installed yet: run “npm ci --ignore-scripts” in ${root} first.`);
  // npm runs scripts in the project's folder; paths are meant from where the person stands.
  const { npm_lifecycle_event: script, INIT_CWD: stood } = process.env;
  if (script === 'redoubt' && stood && existsSync(stood)) process.chdir(stood);
  const args = process.argv.slice(2);
  if (args[0] === 'serve' && !args.includes('--help')) {
    const code = await runNode(join(root, 'build', 'launch', 'build-face.mjs'));
    if (code !== 0) return code;
  }
  if (Number(process.versions.node.split('.')[0]) < neededNode) {
    findNode();
    return runNode(cli, args, { env: { ...process.env, NODE_COMPILE_CACHE: compiled } });
  }
  nodeModule.enableCompileCache?.(compiled);
  process.argv[1] = cli;
  await import(pathToFileURL(cli).href);
  return process.exitCode;
});
