/* The parsers of short texts: what a person pastes, and the names and versions that any file may hold. */
import { setImmediate } from 'node:timers/promises';
import { draftHits } from '#main/features/intel/paste/draft.ts';
import { indexNames } from '#main/features/intel/paste/names.ts';
import { cpeOf } from '#main/features/knowledge/formats/purl/cpe.ts';
import { canonicalPurl } from '#main/features/knowledge/formats/purl/purl.ts';
import { compareCpe, parseCpe } from '#shared/domain/intel/cpe.ts';
import { parsePurl, productFrom, productKeys } from '#shared/domain/intel/products.ts';
import { compareVersions } from '#shared/domain/intel/versions.ts';
import { checkPattern } from '#shared/domain/knowledge/stix21/pattern.ts';
import type { FuzzFault, FuzzOptions, FuzzOutcome } from './fuzz-format.ts';
import { mutated, type Random, randomFrom } from './mutate.ts';

interface TextTarget {
  readonly seeds: readonly string[];
  /** Throws where an answer is none that the parser promises; true where the text was understood. */
  readonly read: (text: string, another: string, random: Random) => boolean;
}

const names = indexNames([
  { key: 1, name: 'Grey Heron', type: 'malware' },
  { key: 2, name: '=cmd', type: 'tool' },
]);

export const textTargets: Readonly<Record<string, TextTarget>> = {
  paste: {
    seeds: [
      'On 3 October, Grey Heron (T1059.001, CVE-2026-12345) called hxxps://portal[.]example[.]com/login?x=1 from 10.0.0[.]1 and fe80::1%eth0.',
      'Hashes: d41d8cd98f00b204e9800998ecf8427e, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855; mail nurse(at)ward[dot]example',
      'C:\\Windows\\System32\\cmd.exe /c "\\\\ward-pc-1\\share\\x.dll" HKLM\\Software\\Run /etc/passwd AS64496 00:11:22:33:44:55 bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq',
      'CPE cpe:2.3:a:vendor:product:1.0:*:*:*:*:*:*:* pkg:npm/%40scope/name@1.2.3 пример.рф xn--e1afmkfd.xn--p1ai http://[2001:db8::1]:8080/',
    ],
    read: (text) => {
      const hits = draftHits(text, names);
      for (const { start, end } of hits.flatMap(({ places }) => places))
        if (!(start >= 0 && end > start && end <= text.length))
          throw new Error(`a place outside the text: ${start} to ${end} of ${text.length}`);
      return hits.length > 0;
    },
  },
  cpe: {
    seeds: [
      'cpe:2.3:a:microsoft:internet_explorer:8.0.6001:beta:*:*:*:*:*:*',
      'cpe:/o:linux:linux_kernel:5.10.1::~~~~x64~',
      'cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:special:ipod_touch:80gb:*',
    ],
    read: (text, another) => {
      const [one, two] = [parseCpe(text), parseCpe(another)];
      if (one && two) compareCpe(one, two);
      return one !== undefined;
    },
  },
  versions: {
    seeds: ['1.2.3-rc.1+build5', '2:1.18.3~beta1-1ubuntu0.22', '10.0.19045.3693', 'v1.0.0a', '2026a', '1.8.0_392-b08', '0', '9'.repeat(40)],
    read: (text, another) => {
      const kinds = [undefined, 'semver', 'rpm', 'deb', 'maven', 'python', 'custom'];
      for (const kind of kinds) {
        const [there, back] = [compareVersions(text, another, kind), compareVersions(another, text, kind)];
        const same = there === undefined || back === undefined ? there === back : there + back === 0;
        if (!same) throw new Error(`${kind}: ${there} one way, ${back} the other`);
      }
      return compareVersions(text, text) === 0;
    },
  },
  purl: {
    seeds: [
      'pkg:npm/%40angular/animation@12.3.1?arch=x64#src/lib',
      'pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie',
      'pkg:golang/google.golang.org/genproto#googleapis/api/annotations',
      'Apache Log4j 2.14.1',
    ],
    read: (text) => {
      productKeys(productFrom(text));
      parsePurl(text);
      cpeOf(text);
      const known = canonicalPurl(text);
      if (known !== undefined && canonicalPurl(known) !== known) throw new Error(`not the canonical form: ${known}`);
      return known !== undefined;
    },
  },
  pattern: {
    seeds: [
      "[file:hashes.'SHA-256' = 'aec0' AND file:name MATCHES '^x.*$'] FOLLOWEDBY [ipv4-addr:value ISSUBSET '10.0.0.0/8'] WITHIN 300 SECONDS",
      "([a:b[*].c = 1 OR NOT d:e IN (1, 2.5, 'x', h'0f', b'eA==', t'2026-01-01T00:00:00Z')] REPEATS 5 TIMES) START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'",
    ],
    read: (text) => checkPattern(text).fault === undefined,
  },
};

const clean = Object.getOwnPropertyNames(Object.prototype).length;
const HANGS_MS = 10_000;

export async function fuzzText(id: string, runs: number, { seed = 20_261_124, from = 0, onRun }: FuzzOptions = {}): Promise<FuzzOutcome> {
  const target = textTargets[id];
  if (!target) throw new Error(`there is no parser ${id}`);
  const seeds = target.seeds.map((text) => new TextEncoder().encode(text));
  const decoder = new TextDecoder();
  const faults: FuzzFault[] = [];
  let [objects, slowest] = [0, 0];
  for (let run = from; run < from + runs && faults.length < 20; run++) {
    if (run % 100 === 0) {
      onRun?.(run);
      // Lets the heartbeat out.
      await setImmediate();
    }
    const random = randomFrom(Math.imul(seed, 31) + Math.imul(run, 0x9e3779b1));
    const one = () => decoder.decode(mutated(seeds[random(seeds.length)] as Uint8Array, seeds, random));
    const [text, another] = [one(), one()];
    const began = performance.now();
    try {
      if (target.read(text, another, random)) objects++;
      if (Object.getOwnPropertyNames(Object.prototype).length !== clean) throw new Error('a prototype was changed');
    } catch (error) {
      faults.push({
        format: id,
        seed,
        run,
        what: `${JSON.stringify(text.slice(0, 300))}: ${error instanceof Error ? (error.stack ?? '') : String(error)}`,
      });
    }
    const took = performance.now() - began;
    slowest = Math.max(slowest, took);
    if (took > HANGS_MS) faults.push({ format: id, seed, run, what: `took ${Math.round(took / 1000)} s` });
  }
  return { runs, objects, refused: runs - objects, slowest, faults };
}
