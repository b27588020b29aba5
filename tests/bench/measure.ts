import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** A figure over several runs. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

export const round = (value: number): number => Number(value.toPrecision(3));

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return {
    median: round(median ?? Number.NaN),
    min: round(sorted[0] ?? Number.NaN),
    max: round(sorted.at(-1) ?? Number.NaN),
    runs: sorted.length,
  };
}

/** The values at the given shares of the sorted list, such as 0.5 and 0.95. */
export function percentiles(values: readonly number[]): { p50: number; p95: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return { p50: at(0.5), p95: at(0.95) };
}

/** Says how far a bench is; standard output holds nothing but the result. */
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

export type Measured = Readonly<Record<string, number>>;

/** Runs one side of a comparison in a process of its own, so that its memory and processor time are its own. */
export function runSide(script: string, args: readonly string[]): Promise<Measured> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, 'sides', script), ...args],
      { maxBuffer: 1 << 24, env: { ...process.env, NODE_NO_WARNINGS: '1' } },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${script} ${args.join(' ')} failed: ${stderr || error.message}`));
        else resolve(JSON.parse(stdout) as Measured);
      },
    );
  });
}

/** Runs all sides in turn, round by round, so that what else the machine does falls on each alike. */
export async function inTurns<K extends string>(
  rounds: number,
  sides: Readonly<Record<K, () => Promise<Measured>>>,
): Promise<Record<K, Measured[]>> {
  const names = Object.keys(sides) as K[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Measured[]])) as Record<K, Measured[]>;
  for (let turn = 1; turn <= rounds; turn++)
    for (const name of names) {
      const measured = await sides[name]();
      results[name].push(measured);
      say(`  ${turn}/${rounds} ${name}: ${JSON.stringify(measured)}`);
    }
  return results;
}

/** Each figure of a side over its rounds. */
export function spreads(rounds: readonly Measured[]): Record<string, Spread> {
  return Object.fromEntries(Object.keys(rounds[0] ?? {}).map((name) => [name, spread(rounds.map((one) => one[name] ?? Number.NaN))]));
}

/** One figure of a side over another's, round by round. */
export function ratios(figure: string, over: readonly Measured[], under: readonly Measured[]): Spread {
  return spread(over.map((one, turn) => (one[figure] ?? Number.NaN) / (under[turn]?.[figure] ?? Number.NaN)));
}
