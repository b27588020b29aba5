import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cveLines, estateBundle, kevCatalogue } from './generate-estate.ts';
import { round, runSide, say } from './measure.ts';

/**
 * All vulnerabilities against a large estate: 250,000 synthetic CVE records and a catalogue of exploited ones, 10,000 assets
 * with 200,000 rows of software. Imported in one process, matched in another while somebody reads; then matched anew.
 */
export async function benchMatching({ records = 250_000, assets = 10_000, runs = 200_000 } = {}): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const file = (name: string) => join(folder, name);
  try {
    await pipeline(Readable.from(lines(records)), createWriteStream(file('cves.ndjson')));
    writeFileSync(file('kev.json'), JSON.stringify(kevCatalogue(Math.round(records * 0.0056), records)));
    await pipeline(Readable.from(estateBundle(assets, runs)), createWriteStream(file('estate.json')));
    say('  generated');
    const imported = await runSide('matching.ts', ['import', file('workspace'), ...['cves.ndjson', 'kev.json', 'estate.json'].map(file)]);
    say(`  imported: ${JSON.stringify(imported)}`);
    const first = await runSide('matching.ts', ['match', file('workspace')]);
    say(`  matched: ${JSON.stringify(first)}`);
    const again = await runSide('matching.ts', ['match', file('workspace')]);
    return { records, assets, runs, load: loadavg().map(round), imported, first, again };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* lines(records: number): Generator<string> {
  for (const line of cveLines(records)) yield `${line}\n`;
}
