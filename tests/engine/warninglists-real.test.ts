import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';
import { hasSharedData, unpackShared } from '../fixtures/shared-data.ts';

const passphrase = 'correct horse battery';

describe.skipIf(!hasSharedData)(
  `MISP’s warninglists on what is pasted and matched${hasSharedData ? '' : ' (skipped: no shared data)'}`,
  () => {
    let world: OpenEngine;
    const listsOf = async (text: string) =>
      (await world.client.intel.recognise({ text })).hits.map(({ value, warninglists }) => [value, warninglists] as const);
    const settled = async () => {
      while ((await world.client.intel.getMatchState()).stale) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const indicators = async (judged: 'open' | 'judged') => (await world.client.intel.listMatches({ kinds: ['indicator'], judged })).rows;
    const address = '10.20.30.40';
    const bundle = () => join(world.dataDir, 'bundle.json');
    const asset = () => join(world.dataDir, 'assets.csv');

    beforeAll(async () => {
      world = await openEngine();
      const lists = unpackShared(
        'misp/misp-warninglists-84f0610a.tar.xz',
        /lists\/(?:rfc1918|tranco10k|majestic_million|google|google-gcp|public-dns-v6)\/list\.json$/,
      );
      expect(lists.length).toBeGreaterThan(3);
      await world.import(lists);
      const at = '2026-01-01T00:00:00.000Z';
      const indicator = {
        type: 'indicator',
        spec_version: '2.1',
        id: 'indicator--00000000-0000-4000-8000-0000000000a1',
        created: at,
        modified: at,
        name: 'Beacon',
        pattern: `[ipv4-addr:value = '${address}']`,
        pattern_type: 'stix',
        valid_from: at,
      };
      writeFileSync(bundle(), JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-0000000000a2', objects: [indicator] }));
      writeFileSync(asset(), `hostname,ip\nfile-1,${address}\n`);
      await world.import([bundle(), asset()]);
      await settled();
    }, 120_000);
    afterAll(() => world?.close());

    it('names the list that holds a private address, a much visited site or a public resolver', async () => {
      const found = new Map(await listsOf(`${address} 198.51.100.7 google.com no-such-domain-of-anyone.example 2001:4860:4860::8888`));
      expect(found.get(address)).toEqual(['List of RFC 1918 CIDR blocks']);
      expect(found.get('198.51.100.7')).toEqual([]);
      expect(found.get('google.com')).toEqual(
        expect.arrayContaining(['Top 10K most-used sites from Tranco', 'Top 10000 websites from Majestic Million']),
      );
      expect(found.get('no-such-domain-of-anyone.example') ?? []).toEqual([]);
      expect(found.get('2001:4860:4860::8888')?.join()).toMatch(/DNS/);
    });

    it('doubts an indicator for an address that a list holds, and names the list', async () => {
      const [match] = await indicators('open');
      expect(match).toMatchObject({
        threat: { name: 'Beacon' },
        asset: { name: 'file-1' },
        warninglists: ['List of RFC 1918 CIDR blocks'],
      });
      const { reasons } = await world.client.intel.getMatch({ key: match?.key as string });
      expect(reasons.map(({ sentence }) => sentence)).toContain(
        'The warninglist “List of RFC 1918 CIDR blocks” holds it: it may well be harmless.',
      );
    });

    it('remembers a false positive when the same files come again, when the workspace is opened again, and gives it back', async () => {
      const key = (await indicators('open'))[0]?.key as string;
      const { action } = await world.client.intel.judgeMatch({ key, judgement: 'false-positive', reason: 'Our own scanner.' });
      await world.import([bundle(), asset()]);
      await world.job(world.client.intel.refreshMatches());
      expect((await indicators('judged')).map((match) => [match.key, match.verdict?.reason])).toEqual([
        [key, 'False positive: Our own scanner.'],
      ]);
      await world.client.admin.lock();
      await world.client.admin.unlock({ passphrase });
      await settled();
      expect((await indicators('judged')).map((match) => match.key)).toEqual([key]);
      expect(await indicators('open')).toEqual([]);
      await world.client.knowledge.undo({ action });
      await settled();
      expect((await indicators('open')).map((match) => match.key)).toEqual([key]);
    });
  },
);
