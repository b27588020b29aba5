import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createEngine } from '#main/engine.ts';
import { callers } from '#main/hosts/doors.ts';
import { createNodeHost } from '#main/hosts/node-host.ts';
import { contract, type RedoubtContract } from '#shared/contract/index.ts';
import { createClient } from '#shared/transport/client.ts';
import { memoryChannel } from '#shared/transport/memory-channel.ts';
import { seeded } from './generate.ts';
import { percentiles, round, say } from './measure.ts';
import { root } from './processes.ts';

const data = join(root, '..', 'shared', 'data');
const bundle = join(data, 'attack', 'enterprise-attack-18.1.stix21.derived.json.gz');

/** A 200 KB report: prose of ATT&CK's own descriptions, sown with defanged indicators, ids, names and the assets' addresses. */
function report(descriptions: readonly string[], characters: number): string {
  const random = seeded(7);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const hex = (length: number) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  const sown = [
    () => `hxxps://c2-${hex(6)}[.]example[.]com/${hex(4)}.php`,
    () =>
      `${1 + Math.floor(random() * 200)}[.]${Math.floor(random() * 255)}[.]${Math.floor(random() * 255)}[.]${Math.floor(random() * 255)}`,
    () => hex(64),
    () => hex(32),
    () => `CVE-20${10 + Math.floor(random() * 15)}-${1000 + Math.floor(random() * 9000)}`,
    () => `T1${String(Math.floor(random() * 600)).padStart(3, '0')}`,
    () => `10.${Math.floor(random() * 40)}.${Math.floor(random() * 250)}.7`,
    () => `srv-${Math.floor(random() * 10_000)}.corp.example`,
    () => `C:\\ProgramData\\${hex(5)}\\${hex(6)}.dll`,
  ];
  const parts: string[] = [];
  for (let length = 0; length < characters; ) {
    const next = `${pick(descriptions)} Seen: ${Array.from({ length: 3 }, () => pick(sown)()).join(', ')}.\n\n`;
    parts.push(next);
    length += next.length;
  }
  return parts.join('').slice(0, characters);
}

function assets(count: number): string {
  const lines = ['name,hostname,ip,criticality,exposure,operating_system,software'];
  for (let at = 0; at < count; at++)
    lines.push(
      `Server ${at},srv-${at}.corp.example,10.${at % 40}.${Math.floor(at / 40) % 250}.${(at % 7) + 1},${(at % 5) + 1},${at % 20 === 0 ? 'internet' : 'internal'},Windows Server 2019,nginx 1.${at % 30}.0`,
    );
  return lines.join('\n');
}

/** Pasting a 200 KB report into a workspace with ATT&CK and 10,000 assets: the first time, and again. */
export async function benchPaste({ count = 10_000, rounds = 10 } = {}): Promise<Record<string, unknown>> {
  if (!existsSync(bundle)) return { skipped: 'no shared data: enterprise-attack-18.1.stix21.derived.json.gz' };
  const folder = mkdtempSync(join(tmpdir(), 'redoubt-bench-'));
  const log = { info() {}, warn() {}, error: (message: string, error?: unknown) => say(`${message} ${String(error)}`) };
  const engine = createEngine(createNodeHost({ dataDir: join(folder, 'workspace'), log }));
  try {
    const [near, far] = memoryChannel();
    engine.connect(far, callers.cli);
    const client = createClient<RedoubtContract>(contract, near);
    await client.admin.createWorkspace({ passphrase: 'a passphrase of the bench' });
    const job = async (started: Promise<{ jobId: string }>) => {
      const { jobId } = await started;
      for (;;) {
        const { state, failure } = await client.jobs.get({ jobId });
        if (state === 'done') return jobId;
        if (state !== 'running') throw new Error(failure ?? state);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const bytes = gunzipSync(readFileSync(bundle));
    const objects = (JSON.parse(bytes.toString('utf8')) as { objects: { description?: unknown }[] }).objects;
    const descriptions = objects.flatMap(({ description }) =>
      typeof description === 'string' && description.length > 80 ? [description.slice(0, 900)] : [],
    );
    const csv = Buffer.from(assets(count));
    const { uploadId } = await client.knowledge.openUpload({ name: 'assets.csv', size: csv.length });
    for (let offset = 0; offset < csv.length; offset += 524_288)
      await client.knowledge.appendUpload({ uploadId, offset, base64: csv.subarray(offset, offset + 524_288).toString('base64') });
    const preview = await client.knowledge.getImportPreview({
      jobId: await job(client.knowledge.previewImport({ files: [{ source: { path: bundle } }, { source: { uploadId } }] })),
    });
    await job(client.knowledge.runImport({ previewId: preview.previewId }));
    await job(client.intel.refreshMatches());
    say('  imported');

    const text = report(descriptions, 200_000);
    const timed = async (asked: string) => {
      const from = performance.now();
      await client.intel.recognise({ text: asked });
      return performance.now() - from;
    };
    // As from the command line: nothing was made ready.
    const coldMs = await timed(text);
    // As in the window: the graph changes, the view is open, and then somebody pastes.
    const target = (await client.knowledge.listEntities({ types: ['x-redoubt-asset'], limit: 1 })).rows[0]?.id as string;
    await client.knowledge.setProperty({ id: target, property: 'description', value: 'changed by the bench' });
    const readyMs = await timed('');
    const times: number[] = [];
    let hits = 0;
    let known = 0;
    let searched = 0;
    for (let turn = 0; turn < rounds; turn++) {
      const from = performance.now();
      const answer = await client.intel.recognise({ text });
      times.push(performance.now() - from);
      hits = answer.total;
      searched = answer.searched;
      known = answer.hits.filter((hit) => hit.known.length > 0).length;
    }
    const [first = Number.NaN, ...again] = times;
    return {
      characters: text.length,
      assets: count,
      hits,
      known,
      searchedInTexts: searched,
      coldMs: round(coldMs),
      readyMs: round(readyMs),
      firstMs: round(first),
      againMs: percentiles(again),
      targets: { ms: 500 },
    };
  } finally {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
