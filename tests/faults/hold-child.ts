import { writeSync } from 'node:fs';
import { openWorld } from './world.ts';

/** Opens the workspace of a folder and keeps it until standard input ends. */
const world = await openWorld(process.argv[2] as string, (line) => process.stderr.write(`${line}\n`));
writeSync(1, 'open\n');
process.stdin.on('end', () => void world.close().then(() => process.exit()));
process.stdin.resume();
