import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

// One id in many contents, in any order, in one file or several: which stands, what is said of the others.

let folder = '';
let engine: OpenEngine;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redoubt-versions-'));
  engine = await openEngine();
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true });
});

const kinds = ['tool', 'relationship', 'ipv4-addr'] as const;
interface Content {
  kind: (typeof kinds)[number];
  /** `modified`, in minutes; an observable has none. */
  minute: number;
  word: string;
}
const content = fc.record<Content>({
  kind: fc.constantFrom(...kinds),
  minute: fc.integer({ min: 0, max: 3 }),
  word: fc.constantFrom('a', 'b'),
});

function objectOf({ kind, minute, word }: Content, run: number): StixObject {
  const uuid = `00000000-0000-4000-8000-${String(run).padStart(12, '0')}`;
  const id = `${kind}--${uuid}`;
  if (kind === 'ipv4-addr') return { type: kind, spec_version: '2.1', id, value: '198.51.100.3', x_word: word };
  const object = {
    type: kind,
    spec_version: '2.1',
    id,
    created: '2026-01-01T00:00:00.000Z',
    modified: `2026-01-01T00:0${minute}:00.000Z`,
    description: word,
  };
  return kind === 'tool'
    ? { ...object, name: 'Sickle' }
    : { ...object, relationship_type: 'related-to', source_ref: `tool--${uuid}`, target_ref: `malware--${uuid}` };
}

/** The rule, without a store: the newest stands, of equals the first; what adds nothing is said to be so. */
function model(contents: readonly StixObject[]) {
  const known = new Map<string, StixObject[]>();
  const standing = new Map<string, StixObject>();
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const reported: string[] = [];
  for (const object of contents) {
    const versions = known.get(object.id) ?? [];
    known.set(object.id, [...versions, object]);
    const stands = standing.get(object.id);
    const newer = stands && String(object['modified'] ?? '') > String(stands['modified'] ?? '');
    if (!stands || newer) {
      counts[stands ? 'updated' : 'created']++;
      standing.set(object.id, object);
    } else {
      counts.unchanged++;
      if (!versions.some((version) => isDeepStrictEqual(version, object))) reported.push(object.id);
    }
  }
  return { standing: [...standing.values()], counts, reported: reported.sort() };
}

describe('many contents of one id', () => {
  it('leave the newest standing, the first of equals; the others are reported, and the preview counts as the import does', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(content, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }), async (files) => {
        run++;
        const { knowledge } = engine.client;
        const contents = files.map((file) => file.map((one) => objectOf(one, run)));
        const sources = contents.map((objects, index) => {
          const path = join(folder, `${run}-${index}.json`);
          writeFileSync(path, JSON.stringify(objects));
          return { source: { path } };
        });
        const preview = await knowledge.getImportPreview({ jobId: await engine.job(knowledge.previewImport({ files: sources })) });
        const jobId = await engine.job(knowledge.runImport({ previewId: preview.previewId }));
        const reports = await knowledge.getImportReport({ jobId });

        const expected = model(contents.flat());
        for (const [index, { created, updated, unchanged, rejected }] of reports.entries()) {
          expect(rejected).toEqual([]);
          expect(preview.files[index]).toMatchObject({ created, updated, unchanged });
        }
        const sum = (key: 'created' | 'updated' | 'unchanged') => reports.reduce((total, report) => total + report[key], 0);
        expect({ created: sum('created'), updated: sum('updated'), unchanged: sum('unchanged') }).toEqual(expected.counts);
        const kept = reports.flatMap(({ loss }) => loss).filter(({ what }) => what.endsWith('kept in the history'));
        expect(kept.map(({ id }) => id).sort()).toEqual(expected.reported);
        for (const object of expected.standing) {
          if (object.type === 'relationship') continue;
          expect((await knowledge.getEntity({ id: object.id })).object).toEqual(object);
        }
      }),
      { numRuns: 60 },
    );
    // Relationships are no entities: they show in the export.
    const exported = await engine.export();
    expect(exported.filter(({ type }) => type === 'relationship').length).toBeGreaterThan(10);
    const standing = new Map(exported.map((object) => [object.id, object]));
    expect(standing.size).toBe(exported.length);
  }, 120_000);

  it('are the same when thousands of objects lie between them', async () => {
    const object = (number: number, word: string): StixObject => ({
      ...objectOf({ kind: 'tool', minute: 0, word }, 900_000 + number),
    });
    const path = join(folder, 'far.json');
    const between = Array.from({ length: 5000 }, (_, number) => object(number, 'between'));
    writeFileSync(path, JSON.stringify([object(9999, 'first'), ...between, object(9999, 'second')]));
    const [report] = await engine.import([path]);
    expect(report).toMatchObject({ created: 5001, updated: 0, unchanged: 1 });
    expect(report?.loss.filter(({ what }) => what.startsWith('another content'))).toMatchObject([
      { id: object(9999, '').id, path: '[5001]' },
    ]);
    expect((await engine.client.knowledge.getEntity({ id: object(9999, '').id })).object).toEqual(object(9999, 'first'));
  }, 60_000);
});
