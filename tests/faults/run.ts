import { killMany } from './kills.ts';

/*
 * The long run: 100 kills over the whole life of an engine. Progress goes to standard error, the
 * result as JSON to standard output; ends with 1 where a promise was broken.
 *   npm run -s faults -- [--kills 100] [--objects 10000] [--seed 7]
 */
const told = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : Number(process.argv[at + 1]);
};

const began = performance.now();
const outcome = await killMany({
  kills: told('kills', 100),
  objects: told('objects', 10_000),
  livesEach: 5,
  seed: told('seed', 7),
  tell: (line) => process.stderr.write(`${line}\n`),
});
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(`${JSON.stringify({ ...outcome, seconds }, null, 2)}\n`);
process.stderr.write(
  `${outcome.kills} kills, ${outcome.acknowledged} acknowledged changes, ${outcome.unfinished} imports found unfinished and resumed, ${outcome.faults.length} faults, ${seconds} s\n`,
);
process.exitCode = outcome.faults.length === 0 ? 0 : 1;
