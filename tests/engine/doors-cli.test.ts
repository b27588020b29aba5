import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commands, runCli } from '#main/cli/run.ts';
import type { Terminal } from '#main/cli/terminal.ts';
import { callers } from '#main/hosts/doors.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { type StubEngine, stubEngine, stubSession, stubTerminal } from './doors-stub.ts';

const apt = 'intrusion-set--bef4c620-0787-42a8-a96d-b7eb6e85917c';
const technique = 'attack-pattern--0259baeb-9f63-4c69-bf10-eb038c390688';
const summary = { revoked: false, deprecated: false, missing: false };
const report = { format: 'stix', created: 1, updated: 0, unchanged: 2, rejected: [], loss: [] };
const preview = { ...report, formatTitle: 'STIX', because: 'it says so', types: [], samples: [], rejectedTotal: 0, lossTotal: 0 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function cli(
  argv: string[],
  engine: StubEngine = stubEngine({}),
  change: Partial<Terminal> = {},
  then?: (interrupt: () => void) => void,
) {
  const { io, seen, interrupt } = stubTerminal(change);
  const running = runCli([...argv, '--workspace', folder], io, async () => stubSession(engine, callers.cli));
  then?.(interrupt);
  const code = await running;
  return { code, ...seen };
}

/** An engine that imports: each file name decides what becomes of it. */
function importer(reports: Record<string, unknown>[], previews: Record<string, unknown>[] = reports.map(() => ({}))) {
  const asked: unknown[] = [];
  const engine: StubEngine = stubEngine({
    knowledge: {
      previewImport: (input: { files: unknown[] }) => {
        asked.push(input);
        return engine.startJob();
      },
      getImportPreview: () => ({ previewId: 'p', files: previews.map((one, position) => ({ ...preview, file: `f${position}`, ...one })) }),
      runImport: (input: unknown) => {
        asked.push(input);
        return engine.startJob();
      },
      getImportReport: () => reports.map((one, position) => ({ ...report, file: `f${position}`, importId: 'i', ...one })),
    },
  });
  return { engine, asked };
}

describe('usage', () => {
  it('lists every command with the words of the contract', async () => {
    const { code, out, err } = await cli(['--help']);
    expect([code, err]).toEqual([0, '']);
    for (const { words, about } of commands) {
      expect(out).toContain(`  ${words}`);
      expect(out).toContain(about);
    }
    expect(commands.map(({ words }) => words)).toEqual(
      expect.arrayContaining([
        'init',
        'pack list',
        'pack install',
        'import',
        'export',
        'stats',
        'search',
        'show',
        'neighbours',
        'paths',
        'brief',
        'ledger',
        'audit verify',
        'serve',
      ]),
    );
  });

  it('helps with one command', async () => {
    const { code, out } = await cli(['import', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('--as FORMAT');
    expect(out).not.toContain('--hops');
  });

  it.each([
    [[]],
    [['nonsense']],
    [['pack']],
    [['audit', 'destroy']],
    [['stats', '--nonsense']],
    [['stats', '--hops', '2']],
    [['stats', 'surplus']],
    [['import']],
    [['import', 'x', '--as', 'docx']],
    [['export', '-o', 'x']],
    [['export', '--format', 'pdf', '-o', 'x']],
    [['export', '--format', 'csv']],
    [['export', '--format', 'csv', '-o', '-', '--json']],
    [['brief']],
    [['show']],
    [['neighbours', apt, '--hops', '7']],
    [['neighbours', apt, '--hops', '1.5']],
    [['paths', '--from', apt]],
    [['serve', '--port', '0']],
    [['serve', '--port', '65536']],
  ])('ends with 2 and writes no file: %j', async (argv) => {
    const { code, err, out } = await cli(argv);
    expect(code).toBe(2);
    if (argv.length > 0) expect(err).toMatch(/\S.*\n$/);
    if (argv.includes('--json')) expect(JSON.parse(out)).toHaveProperty('error.code', 'usage');
    else if (argv.length > 0) expect(out).toBe('');
  });

  it('takes options before and after the command, and -- before a text that looks like one', async () => {
    const texts: string[] = [];
    const engine = stubEngine({
      knowledge: {
        search: ({ text }: { text: string }) => {
          texts.push(text);
          return { results: [], shown: 0, total: 0, types: [] };
        },
      },
    });
    expect((await cli(['--json', 'search', 'two', 'words'], engine)).out).toBe('{\n  "results": []\n}\n');
    const { io } = stubTerminal();
    await runCli(['search', '--workspace', folder, '--', '--odd'], io, async () => stubSession(engine, callers.cli));
    expect(texts).toEqual(['two words', '--odd']);
  });
});

describe('documents of --json', () => {
  it('stats', async () => {
    const engine = stubEngine({ knowledge: { getStats: () => ({ objects: { malware: 2 }, relationships: { uses: 1 } }) } });
    expect(JSON.parse((await cli(['stats', '--json'], engine)).out)).toEqual({ objects: { malware: 2 }, relationships: { uses: 1 } });
  });

  it('search: exactly id, type and name', async () => {
    const result = { ...summary, id: apt, type: 'intrusion-set', name: 'APT28', externalId: 'G0007', matched: 'name' };
    const engine = stubEngine({ knowledge: { search: () => ({ results: [result], shown: 1, total: 9, corrected: 'apt28', types: [] }) } });
    const { out, err } = await cli(['search', 'apt', '--json'], engine);
    expect(JSON.parse(out)).toEqual({ results: [{ id: apt, type: 'intrusion-set', name: 'APT28' }] });
    expect(err).toContain('Shown 1 of 9');
    expect(err).toContain('“apt28”');
  });

  it('ledger: exactly the requests', async () => {
    const refused = [
      {
        at: '2026-11-23T00:00:00Z',
        host: 'x.test',
        port: 443,
        method: 'GET',
        path: '/',
        purpose: 'p',
        outcome: 'refused',
        bytesOut: 0,
        bytesIn: 0,
      },
    ];
    const engine = stubEngine({ admin: { getLedger: () => ({ requests: [], refused, network: 'off', since: '2026-11-23T00:00:00Z' }) } });
    expect(JSON.parse((await cli(['ledger', '--json'], engine)).out)).toEqual({ requests: [] });
    expect(JSON.parse((await cli(['ledger', '--json', '--refused'], engine)).out)).toEqual({ requests: [], refused });
    expect((await cli(['ledger'], engine)).out).toContain('Network: off, 0 requests since 2026-11-23T00:00:00Z; 1 refused.');
  });

  it('import: exactly the named keys, one entry a file, in order', async () => {
    const { engine, asked } = importer([{ loss: [{ path: 'objects[0]', what: 'a word' }] }, { format: 'misp' }]);
    const { code, out } = await cli(['import', 'a.json', 'b.json', '--json'], engine);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([
      {
        file: 'a.json',
        format: 'stix',
        created: 1,
        updated: 0,
        unchanged: 2,
        rejected: [],
        loss: [{ id: null, path: 'objects[0]', what: 'a word' }],
      },
      { file: 'b.json', format: 'misp', created: 1, updated: 0, unchanged: 2, rejected: [], loss: [] },
    ]);
    expect(asked[0]).toEqual({ files: ['a.json', 'b.json'].map((file) => ({ source: { path: join(process.cwd(), file) } })) });
    expect(asked[1]).toEqual({ previewId: 'p' });
  });

  it('an error: its code and sentence, which also stand on standard error', async () => {
    const engine = stubEngine({
      knowledge: {
        getStats: () => {
          throw new ContractError('damaged', 'The workspace is damaged.');
        },
      },
    });
    const { code, out, err } = await cli(['stats', '--json'], engine);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ error: { code: 'damaged', message: 'The workspace is damaged.' } });
    expect(err).toBe('The workspace is damaged.\n');
  });
});

describe('import', () => {
  it('ends with 3 where objects were rejected, and says which and why', async () => {
    const { engine } = importer([{ rejected: [{ id: 'malware--1', path: 'objects[1]', reason: 'not a STIX id' }] }]);
    const { code, out } = await cli(['import', 'a.json'], engine);
    expect(code).toBe(3);
    expect(out).toContain('objects[1] malware--1: not a STIX id');
  });

  it('ends with 1 where a file could not be read, the others imported; still one document', async () => {
    const { engine } = importer([{}, { created: 0, unchanged: 0, failure: 'This is no JSON.' }]);
    const { code, out, err } = await cli(['import', 'a.json', 'b.json', '--json'], engine);
    expect(code).toBe(1);
    expect(err).toBe('b.json: This is no JSON.\n');
    expect(JSON.parse(out)).toMatchObject([
      { created: 1, rejected: [] },
      { created: 0, rejected: [{ id: null, path: '', reason: 'This is no JSON.' }] },
    ]);
  });

  it('imports nothing where no file can be read, or none shall be', async () => {
    const unreadable = importer([{}], [{ failure: 'This is no JSON.' }]);
    expect((await cli(['import', 'a'], unreadable.engine)).code).toBe(1);
    expect(unreadable.asked).toHaveLength(1);
    const dry = importer([{}], [{ created: 7, rejectedTotal: 0 }]);
    const { code, out } = await cli(['import', 'a', '--dry-run', '--as', 'misp', '--json'], dry.engine);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ file: 'a', created: 7 }]);
    expect(dry.asked).toEqual([{ files: [{ source: { path: join(process.cwd(), 'a') }, as: 'misp' }] }]);
  });

  it('ends with 1 and still one document where the job itself fails', async () => {
    const engine: StubEngine = stubEngine({
      knowledge: { previewImport: () => engine.startJob({ state: 'failed', failure: 'The disk is full.' }) },
    });
    const { code, out, err } = await cli(['import', 'a', '--json'], engine);
    expect(code).toBe(1);
    expect(err).toBe('a: The disk is full.\n');
    expect(JSON.parse(out)).toMatchObject([{ file: 'a', rejected: [{ reason: 'The disk is full.' }] }]);
  });

  it('asks for at most a hundred files at once', async () => {
    const sizes: number[] = [];
    const engine: StubEngine = stubEngine({
      knowledge: {
        previewImport: ({ files }: { files: unknown[] }) => {
          sizes.push(files.length);
          return engine.startJob();
        },
        getImportPreview: () => ({ previewId: 'p', files: [{ ...preview, file: 'x', failure: 'no' }] }),
      },
    });
    await cli(['import', ...Array.from({ length: 201 }, (_, number) => `f${number}`)], engine);
    expect(sizes).toEqual([100, 100, 1]);
  });

  it('shows no control characters of imported names', async () => {
    const { engine } = importer([{ rejected: [{ path: 'objects[0].\u001b[2Jname\u202e', reason: 'odd\r\nname' }] }]);
    const { out } = await cli(['import', 'a'], engine);
    expect(out).not.toMatch(/[\u001b\u202e\r]/);
    expect(out).toContain('odd name');
  });

  it('cancels its job on Ctrl-C, waits for it and ends with 130; a second Ctrl-C leaves at once', async () => {
    const cancelled: string[] = [];
    const engine: StubEngine = stubEngine({
      knowledge: { previewImport: () => engine.startJob({ state: 'running' }) },
      jobs: {
        cancel: ({ jobId }: { jobId: string }) => {
          cancelled.push(jobId);
          setTimeout(() => engine.finish(jobId, { state: 'cancelled' }), 50);
          return engine.finish(jobId, { detail: 'taking back' });
        },
      },
    });
    const { code, err, abandoned } = await cli(['import', 'a'], engine, {}, (interrupt) => {
      setTimeout(interrupt, 20);
      setTimeout(interrupt, 40);
    });
    expect(code).toBe(130);
    expect(cancelled).toEqual(['job-0']);
    expect(err).toContain('everything is as it was before');
    expect(abandoned).toEqual([130]);
  });

  it('shows progress', async () => {
    const engine: StubEngine = stubEngine({
      knowledge: {
        previewImport: () => {
          const job = engine.startJob({ state: 'running' });
          setTimeout(() => engine.finish(job.jobId, { progress: 0.425, detail: 'reading' }), 20);
          setTimeout(() => engine.finish(job.jobId, { state: 'failed', failure: 'x' }), 40);
          return job;
        },
      },
    });
    expect((await cli(['import', 'a'], engine)).progress).toContain('Stub 42 % · reading');
  });
});

describe('files that are written', () => {
  const pieces = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return {
      exportGraph: () => ({ jobId: 'job-0' }),
      getExport: ({ offset }: { offset: number }) => ({
        header: { fileName: 'x', mediaType: 'text/csv', size: bytes.length, offset, loss: [], lossTotal: 0 },
        body: bytes.slice(offset, offset + 3),
      }),
    };
  };

  it('are joined from pieces and replace the old file as a whole', async () => {
    const engine = stubEngine({ knowledge: pieces('eight bytes and more') });
    engine.startJob();
    const file = join(folder, 'out.csv');
    writeFileSync(file, 'old');
    const { code, out } = await cli(['export', '--format', 'csv', '-o', file, '--json'], engine);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ file, format: 'csv', bytes: 20, loss: [], lossTotal: 0 });
    expect(readFileSync(file, 'utf8')).toBe('eight bytes and more');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('leave the old file and no half one where something fails', async () => {
    const engine = stubEngine({
      knowledge: {
        ...pieces('eight bytes'),
        getExport: ({ offset }: { offset: number }) => {
          if (offset > 0) throw new ContractError('damaged', 'A page cannot be read.');
          return pieces('eight bytes').getExport({ offset });
        },
      },
    });
    engine.startJob();
    const file = join(folder, 'out.csv');
    writeFileSync(file, 'old');
    expect(await cli(['export', '--format', 'csv', '-o', file], engine)).toMatchObject({ code: 1, err: 'A page cannot be read.\n' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  });

  it('can be standard output', async () => {
    const engine = stubEngine({ knowledge: pieces('eight bytes') });
    engine.startJob();
    expect((await cli(['export', '--format', 'csv', '-o', '-'], engine)).out).toBe('eight bytes');
  });

  it('are refused with one sentence', async () => {
    const body = new TextEncoder().encode('<html>');
    const engine = stubEngine({
      investigation: { writeBrief: () => ({ header: { fileName: 'b.html', mediaType: 'text/html', size: 6 }, body }) },
    });
    expect(await cli(['brief', '-o', join(folder, 'no', 'such', 'b.html')], engine)).toMatchObject({
      code: 1,
      err: expect.stringContaining('its folder does not exist'),
    });
    expect(await cli(['brief', '-o', folder], engine)).toMatchObject({ code: 1, err: expect.stringContaining('it is a folder') });
    expect(await cli(['brief', '-o', join(folder, 'b.html')], engine)).toMatchObject({ code: 0 });
    expect(readFileSync(join(folder, 'b.html'), 'utf8')).toBe('<html>');
  });
});

describe('entities', () => {
  it('are found by what people call them', async () => {
    const asked: unknown[] = [];
    const names: Record<string, string> = { APT28: apt, 'T1547.011': technique };
    const engine = stubEngine({
      knowledge: {
        getEntity: ({ id }: { id: string }) => ({
          ...summary,
          id: names[id] ?? id,
          type: 'x',
          name: id,
          headline: 'A thing.',
          object: {},
          tags: [],
          notes: [],
          provenance: [],
          versions: 1,
          neighbours: [],
        }),
        findPaths: (input: unknown) => {
          asked.push(input);
          const nodes = [
            { ...summary, id: apt, type: 'intrusion-set', name: 'APT28', externalId: 'G0007' },
            { ...summary, id: technique, type: 'attack-pattern', name: 'Plist Modification', externalId: 'T1547.011' },
          ];
          return { paths: [{ nodes, edges: [{ source: apt, target: technique, relationshipType: 'uses' }] }], shown: 1, total: 1 };
        },
      },
    });
    const { out } = await cli(['paths', '--from', 'APT28', '--to', 'T1547.011'], engine);
    expect(asked).toEqual([{ from: apt, to: technique, directed: false, maxHops: 8, limit: 10 }]);
    expect(out).toBe('G0007 APT28 —uses→ T1547.011 Plist Modification\n');
    expect((await cli(['show', 'APT28'], engine)).out).toContain('A thing.');
  });
});

describe('init', () => {
  const fresh = () => {
    const passphrases: string[] = [];
    const engine = stubEngine({
      admin: {
        getWorkspace: () => ({ state: 'none', name: '', keychain: false, keychainAvailable: false }),
        createWorkspace: ({ passphrase }: { passphrase: string }) => {
          passphrases.push(passphrase);
          return { recoveryCode: 'AAAA-BBBB' };
        },
      },
    });
    return { engine, passphrases };
  };

  it('makes a workspace and shows its recovery code once', async () => {
    const { engine, passphrases } = fresh();
    const { code, out } = await cli(['init', '--json'], engine, { env: { REDOUBT_PASSPHRASE: 'correct horse' } });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ workspace: folder, recoveryCode: 'AAAA-BBBB' });
    expect(passphrases).toEqual(['correct horse']);
  });

  it('takes the first line of a key file', async () => {
    const { engine, passphrases } = fresh();
    writeFileSync(join(folder, 'key'), 'battery staple\r\nnot this\n');
    await cli(['init', '--key-file', join(folder, 'key')], engine, { env: { REDOUBT_PASSPHRASE: 'not this' } });
    expect(passphrases).toEqual(['battery staple']);
  });

  it('asks twice at a terminal', async () => {
    const { engine, passphrases } = fresh();
    expect((await cli(['init'], engine, { canAsk: true, askHidden: async () => 'correct horse' })).code).toBe(0);
    let question = 0;
    const slip = await cli(['init'], engine, { canAsk: true, askHidden: async () => `correct horse ${question++}` });
    expect(slip).toMatchObject({ code: 1, err: 'The two passphrases differ; nothing was made.\n' });
    expect(passphrases).toEqual(['correct horse']);
  });

  it('says how to give the passphrase where nobody can be asked', async () => {
    const { code, err } = await cli(['init'], fresh().engine);
    expect(code).toBe(1);
    expect(err).toMatch(/REDOUBT_PASSPHRASE.*--key-file/);
  });

  it('makes no second workspace over the first', async () => {
    expect(await cli(['init'], stubEngine({}), { env: { REDOUBT_PASSPHRASE: 'correct horse' } })).toMatchObject({
      code: 1,
      err: expect.stringContaining('already'),
    });
  });
});
