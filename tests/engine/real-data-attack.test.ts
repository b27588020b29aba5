import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';
import { allData, countLive, differences, hasSharedData, newestById, rawObjects, shared } from '../fixtures/shared-data.ts';

// The facts pack and the official ATT&CK bundles are one set of nodes, whichever comes first.

const file = (name: string) => shared(`attack/${name}.json.gz`);
const enterprise20 = file('enterprise-attack-18.1.stix20.reassembled');
const enterprise21 = file('enterprise-attack-18.1.stix21.derived');
const mobile20 = file('mobile-attack-18.1.stix20.reassembled');
const mobile21 = file('mobile-attack-18.1.stix21.derived');
const ics20 = file('ics-attack-18.1.stix20.verbatim');
const ics21 = file('ics-attack-18.1.stix21.verbatim');
const ics17 = file('ics-attack-17.1.stix21.verbatim');

/** What two shipped editions say of the three domains, with MITRE's collection object, which only the 2.1 edition of ICS has. */
let official: StixObject[] = [];
const opened: OpenEngine[] = [];
const open = async () => {
  const engine = await openEngine();
  opened.push(engine);
  return engine;
};
beforeAll(() => {
  if (hasSharedData) official = [enterprise21, mobile21, ics21].flatMap(rawObjects);
});
afterAll(() => Promise.all(opened.map((engine) => engine.close())));

const sum = (reports: readonly { created: number }[]) => reports.reduce((total, { created }) => total + created, 0);

describe.skipIf(!hasSharedData)(
  `ATT&CK from the pack and from MITRE${hasSharedData ? '' : ' (skipped: no shared data)'}`,
  { timeout: 300_000 },
  () => {
    it('the packs hold every live object and relationship; the official STIX 2.0 enriches them, and comes back as its lift to 2.1', async () => {
      const engine = await open();
      await engine.installPacks();
      const expected = countLive(official);
      expect(await engine.client.knowledge.getStats()).toEqual(expected);

      const [technique] = (await engine.client.knowledge.search({ text: 'T1059.001' })).results;
      const bare = await engine.client.knowledge.getEntity({ id: technique?.id as string });
      expect(bare.object['description']).toBeUndefined();

      const reports = await engine.import([enterprise20, mobile20, ics21]);
      for (const { failure, rejected } of reports) expect([failure, rejected]).toEqual([undefined, []]);
      expect(await engine.client.knowledge.getStats()).toEqual(expected);
      const full = await engine.client.knowledge.getEntity({ id: technique?.id as string });
      expect(full.object['description']).toMatch(/PowerShell/);

      const exported = await engine.export();
      expect(new Set(exported.map(({ id }) => id)).size).toBe(exported.length);
      const truth = newestById(official);
      expect(differences(truth.values(), exported, isDeepStrictEqual)).toEqual({ count: 0, list: [] });
      expect(engine.errors).toEqual([]);
    });

    it('a pack after the official bundles changes nothing', async () => {
      const engine = await open();
      const files = allData ? [enterprise21, mobile21, ics21] : [mobile21, ics21];
      await engine.import(files);
      const before = { stats: await engine.client.knowledge.getStats(), objects: await engine.export() };
      expect(before.stats).toEqual(countLive(files.flatMap(rawObjects)));
      await engine.installPacks(allData ? undefined : ['attack-mobile', 'attack-ics']);
      expect(await engine.client.knowledge.getStats()).toEqual(before.stats);
      expect(differences(before.objects, await engine.export(), isDeepStrictEqual)).toEqual({ count: 0, list: [] });
      const packs = (await engine.client.knowledge.listImports()).filter(({ kind }) => kind === 'pack');
      expect(packs).toHaveLength(allData ? 3 : 2);
      for (const pack of packs) expect(pack).toMatchObject({ created: 0, updated: 0, rejected: 0 });
    });

    it('ICS in STIX 2.0 and 2.1, in either order, and the version before it, are one ATT&CK', async () => {
      const truth = newestById(rawObjects(ics21));
      for (const files of [
        [ics20, ics21],
        [ics21, ics20],
      ]) {
        const engine = await open();
        const [first, second] = await engine.import(files);
        expect(second).toMatchObject({ updated: 0, rejected: [] });
        expect((first?.created ?? 0) + (second?.created ?? 0)).toBe(truth.size);
        expect(await engine.client.knowledge.getStats()).toEqual(countLive(truth.values()));
        expect(differences(truth.values(), await engine.export(), isDeepStrictEqual)).toEqual({ count: 0, list: [] });
      }
      const engine = await open();
      const both = [...rawObjects(ics17), ...rawObjects(ics21)];
      const reports = await engine.import([ics17, ics21]);
      expect(sum(reports)).toBe(newestById(both).size);
      expect(await engine.client.knowledge.getStats()).toEqual(countLive(both));
      const older = await open();
      await older.import([ics21, ics17]);
      expect(await older.client.knowledge.getStats()).toEqual(countLive(both));
      // MITRE changed 17 → 18 some objects without a new `modified`: of these the first to come stays.
      const newest = newestById([...rawObjects(ics21), ...rawObjects(ics17)]).values();
      expect(differences(newest, await older.export(), isDeepStrictEqual)).toEqual({ count: 0, list: [] });
    });
  },
);
