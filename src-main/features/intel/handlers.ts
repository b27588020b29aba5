import type { intel, Pack } from '#shared/contract/intel.ts';
import type { ImportRecord } from '#shared/contract/knowledge.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Handlers } from '#shared/transport/serve.ts';
import type { Jobs } from '#main/platform/jobs/jobs.ts';
import type { Item, JobHandle, Knowledge } from '../knowledge/index.ts';
import { loadDemo } from './demo.ts';
import { type MatchHandlerTerms, matchHandlers } from './matching/handlers.ts';
import { createMatching, type MatchingTerms } from './matching/service.ts';
import { type PasteTerms, pasteHandlers } from './paste/handlers.ts';
import { readPack } from './packs/read-pack.ts';
import { listShippedPacks, loadPack, type ShippedPack } from './packs/shipped-packs.ts';

type IntelHandlers = Handlers<{ intel: typeof intel }>['intel'];
type PackCalls = 'listPacks' | 'installPacks' | 'openDemo';

export interface PackTerms {
  readonly knowledge: Pick<Knowledge, 'importItems' | 'listImports'>;
  readonly jobs: Pick<Jobs, 'start'>;
  readonly resourcesDir: string;
}

export type IntelTerms = PackTerms & PasteTerms & Omit<MatchHandlerTerms, 'matching'> & Omit<MatchingTerms, 'jobs'>;

export function createIntelHandlers(terms: IntelTerms): IntelHandlers {
  const matching = createMatching(terms);
  return { ...packHandlers(terms), ...pasteHandlers(terms), ...matchHandlers({ ...terms, matching }) };
}

export function packHandlers({ knowledge, jobs, resourcesDir }: PackTerms): Pick<IntelHandlers, PackCalls> {
  const install = async (packs: readonly ShippedPack[], job: JobHandle) => {
    const reports = [];
    const total = packs.reduce((sum, { header }) => sum + header.objects + header.relationships, 0);
    let before = 0;
    for (const pack of packs) {
      const { header } = pack;
      const { bytes, sha256 } = await loadPack(pack);
      const source = sourceOf(header);
      const own: JobHandle = { ...job, progress: () => {} };
      const tell = (seen: number) => job.progress(total > 0 ? (before + seen) / total : undefined, `${header.title} ${header.version}`);
      reports.push(
        await knowledge.importItems({ kind: 'pack', source, format: 'pack', sha256, items: followed(readPack(bytes), tell), job: own }),
      );
      before += header.objects + header.relationships;
    }
    return reports;
  };

  return {
    async listPacks() {
      const imports = knowledge.listImports();
      return (await listShippedPacks(resourcesDir)).map(({ header }) => describe(header, imports));
    },
    async installPacks({ names }) {
      const packs = chosen(await listShippedPacks(resourcesDir), names);
      return { jobId: jobs.start('Install packs', (job) => install(packs, job), { again: true }) };
    },
    async openDemo() {
      const { sha256, items } = await loadDemo(resourcesDir);
      const source = 'Demo hospital';
      return {
        jobId: jobs.start('Open the demo hospital', (job) =>
          knowledge.importItems({ kind: 'demo', source, format: 'stix', sha256, items, job }),
        ),
      };
    },
  };
}

/** The source of a pack's import: its name and version, by which an installed version is known again. */
function sourceOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name} ${version}`;
}

function describe(header: ShippedPack['header'], imports: readonly ImportRecord[]): Pack {
  const { name, title, version, objects, relationships, released, notice } = header;
  const record = imports.find(({ kind, state, file }) => kind === 'pack' && state === 'done' && file.startsWith(`${name} `));
  const installedVersion = record?.file.slice(name.length + 1);
  return {
    name,
    title,
    version,
    objects,
    relationships,
    released,
    notice,
    installed: installedVersion === version,
    ...(installedVersion !== undefined && { installedVersion }),
  };
}

/** In the order asked, each once. */
function chosen(packs: readonly ShippedPack[], names: readonly string[] | undefined): ShippedPack[] {
  if (names === undefined) return [...packs];
  return [...new Set(names)].map((name) => {
    const pack = packs.find(({ header }) => header.name === name);
    if (pack) return pack;
    const known = packs.map(({ header }) => header.name).join(', ');
    throw new ContractError('not_found', `There is no built-in pack “${name}”; the packs are ${known}.`);
  });
}

async function* followed(pages: AsyncIterable<Item[]>, tell: (seen: number) => void): AsyncGenerator<Item[], void, undefined> {
  let seen = 0;
  for await (const page of pages) {
    yield page;
    seen += page.length;
    tell(seen);
  }
}
