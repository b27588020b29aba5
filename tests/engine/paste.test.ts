import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenEngine, openEngine } from '../fixtures/open-engine.ts';

const text = `From: soc@harbourvale.example
Subject: FW: ransomware, please check

APT29 and the Play ransomware were seen with hxxps://evil[.]example[.]com/stage2.php.
They exploited CVE-2021-44228 on 203.0.113.10 (portal.harbourvale.example) and CVE-2031-99999.
Beacon: 198.51.100[.]77, hash d41d8cd98f00b204e9800998ecf8427e; technique T1059.001, T9999, CWE-79.
Wallet 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa. <script>alert(1)</script> \u202efdp.exe`;

describe('a pasted text', () => {
  let world: OpenEngine;
  beforeAll(async () => {
    world = await openEngine();
    await world.installPacks(['attack-enterprise']);
    await world.openDemo();
  }, 120_000);
  afterAll(() => world.close());

  const recognise = () => world.client.intel.recognise({ text });
  const byKey = async () =>
    new Map((await recognise()).hits.map((hit) => [hit.key.startsWith('name:') ? `name:${hit.value}` : hit.key, hit]));

  it('is matched against what the workspace knows', async () => {
    const hits = await byKey();
    expect(hits.get('name:APT29')?.known[0]?.entity).toMatchObject({ type: 'intrusion-set', externalId: 'G0016' });
    expect(hits.get('name:APT29')?.known[0]?.relations).toBeGreaterThan(20);
    const log4shell = hits.get('cve:CVE-2021-44228')?.known[0];
    expect(log4shell?.assetsTotal).toBe(2);
    expect(log4shell?.assets.map(({ name }) => name)).toContain('Portal API');
    expect(hits.get('ipv4:203.0.113.10')?.known[0]?.entity).toMatchObject({ type: 'x-redoubt-asset', name: 'Patient portal' });
    expect(hits.get('domain:portal.harbourvale.example')?.known[0]?.entity.name).toBe('Patient portal');
    expect(hits.get('attack:T1059.001')?.known[0]?.entity.name).toBe('PowerShell');
    expect(hits.get('attack:T9999')).toMatchObject({ known: [], doubt: 'unknown-id' });
    expect(hits.get('ipv4:198.51.100.77')).toMatchObject({ written: ['198.51.100[.]77'], known: [], keepable: true });
    expect(hits.get('crypto-address:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa')?.keepable).toBe(false);
  });

  it('keeps nothing unasked, what is chosen as one action, and gives it back', async () => {
    const before = await world.client.knowledge.getStats();
    const { pasteId, hits } = await recognise();
    expect(await world.client.knowledge.getStats()).toEqual(before);
    const kept = await world.client.intel.keepPasted({
      pasteId,
      keys: hits.map(({ key }) => key),
      as: 'indicators',
      source: { title: 'Mail of the SOC', url: 'https://intranet.example/1', author: 'SOC', date: '2026-11-01', tlp: 'amber' },
    });
    expect(kept.left.map(({ value }) => value)).toEqual(['1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa']);
    const report = await world.client.knowledge.getEntity({ id: kept.report });
    expect(report).toMatchObject({ type: 'report', name: 'Mail of the SOC', tlp: 'amber' });
    expect(report.object).toMatchObject({ description: text, published: '2026-11-01T00:00:00.000Z' });
    expect(report.provenance[0]).toMatchObject({ kind: 'user', source: 'Pasted: Mail of the SOC' });
    expect(report.object.external_references).toContainEqual({ source_name: 'cwe', external_id: 'CWE-79' });
    expect((await world.client.knowledge.getEntity({ id: 'APT29' })).neighbours).toContainEqual(
      expect.objectContaining({ direction: 'in', type: 'report' }),
    );
    expect((await world.client.knowledge.getEntity({ id: 'CVE-2031-99999' })).type).toBe('vulnerability');
    const again = (await byKey()).get('ipv4:198.51.100.77');
    expect(again?.known.map(({ entity }) => entity.type).sort()).toEqual(expect.arrayContaining(['indicator', 'ipv4-addr']));

    await world.client.knowledge.undo({ action: kept.action as string });
    expect(await world.client.knowledge.getStats()).toEqual(before);
    expect((await byKey()).get('ipv4:198.51.100.77')?.known).toEqual([]);
  });

  it('keeps only what was recognised in it', async () => {
    const { pasteId } = await recognise();
    const source = { title: 'x' };
    await expect(world.client.intel.keepPasted({ pasteId, keys: ['ipv4:9.9.9.9'], source })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(world.client.intel.keepPasted({ pasteId: 'gone', keys: ['x'], source })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('may be 2 MB long, and no longer', async () => {
    const send = async (bytes: Buffer) => {
      const { uploadId } = await world.client.knowledge.openUpload({ name: 'paste.txt', size: bytes.length });
      for (let offset = 0; offset < bytes.length; offset += 524_288)
        await world.client.knowledge.appendUpload({
          uploadId,
          offset,
          base64: bytes.subarray(offset, offset + 524_288).toString('base64'),
        });
      return uploadId;
    };
    const long = Buffer.from('All is well. 8.8.8.8\n'.repeat(90_000));
    const answer = await world.client.intel.recognise({ uploadId: await send(long) });
    expect(answer.hits).toMatchObject([{ value: '8.8.8.8', count: 90_000 }]);
    await expect(world.client.intel.recognise({ uploadId: await send(Buffer.alloc(2_200_000, 'a')) })).rejects.toMatchObject({
      code: 'too_large',
    });
  });

  it('had nothing to complain of', () => expect(world.errors).toEqual([]));
});
