import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { tlpOfMarkings } from '#shared/domain/knowledge/tlp.ts';
import { readAll } from '../conformance.ts';
import type { Item, ReadContext } from '../format.ts';
import { misp } from './index.ts';

const read = async (value: unknown, over?: Partial<ReadContext>): Promise<Item[]> => {
  const items = await readAll(misp, 'event.json', new TextEncoder().encode(JSON.stringify(value)), over);
  if (!Array.isArray(items)) throw new Error(items.failed);
  return items;
};
const objects = (items: readonly Item[]) => items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
const event = async (): Promise<{ Event: Record<string, unknown> }> =>
  JSON.parse(await readFile(new URL('./fixtures/event.json', import.meta.url), 'utf8')) as { Event: Record<string, unknown> };
const uuid = (n: string) => `a0000000-0000-4000-8000-0000000000${n}`;

const powerShell = 'attack-pattern--970a3432-3237-47ad-bcca-7d8cbb217736';
const known: Partial<ReadContext> = {
  findByExternalId: (id) => ({ 'T1059.001': powerShell, 'T1566.002': 'attack-pattern--2b742742-28c3-4e1b-bab7-8350d6300fa7' })[id],
};

describe('a MISP event', () => {
  it('becomes a report of everything in it', async () => {
    const found = objects(await read(await event(), known));
    const report = found.at(-1) as StixObject;
    expect(report).toMatchObject({
      type: 'report',
      id: 'report--7c1a5e0e-3b52-4a8b-9a56-0b8f3a2d9d01',
      name: 'Phishing against <b>clinics</b>',
      created: '2026-10-02T00:00:00.000Z',
      published: '2026-10-04T07:46:40.000Z',
      created_by_ref: 'identity--0f4c2b66-58a1-4f6e-8c9f-6a1f0e6f3d11',
      x_misp_threat_level: 'medium',
      x_misp_analysis: 'complete',
    });
    expect(tlpOfMarkings(report.object_marking_refs)).toBe('amber');
    expect(report.labels).toEqual(['type:OSINT', 'misp-galaxy:mitre-attack-pattern="Spearphishing Link - T1566.002"']);
    const refs = new Set(report.object_refs as string[]);
    for (const { id, type } of found) {
      if (['report', 'marking-definition', 'identity'].includes(type) || id.startsWith('note--e0')) continue;
      expect(refs.has(id), id).toBe(true);
    }
    expect(refs.has(powerShell)).toBe(true);
    expect(refs.has('attack-pattern--2b742742-28c3-4e1b-bab7-8350d6300fa7')).toBe(true);
    // ATT&CK's own object stands in the workspace, so none is made.
    expect(found.some(({ type }) => type === 'attack-pattern')).toBe(false);
    expect(report.external_references).toEqual([
      { source_name: 'misp', url: 'https://report.example/heron', description: 'write-up', external_id: uuid('05') },
    ]);
  });

  it('gives ATT&CK’s objects as facts that the full ones replace, where the workspace has none', async () => {
    const items = await read(await event());
    const technique = items.find((item) => item.kind === 'object' && item.object.id === powerShell);
    expect(technique).toMatchObject({
      partial: true,
      object: {
        name: 'PowerShell',
        modified: '1970-01-01T00:00:00.000Z',
        external_references: [{ source_name: 'mitre-attack', external_id: 'T1059.001' }],
      },
    });
  });

  it('gives what is to be detected as indicators, the rest as observed data, both on observables by value', async () => {
    const found = new Map(objects(await read(await event())).map((object) => [object.id, object]));
    const ip = found.get(`indicator--${uuid('01')}`);
    expect(ip).toMatchObject({
      pattern: "[ipv4-addr:value = '198.51.100.23']",
      valid_from: '2026-09-30T08:00:00.000Z',
      description: 'C2',
      labels: ['c2'],
      x_misp_type: 'ip-dst',
      x_misp_category: 'Network activity',
    });
    // The attribute's own TLP:RED, not the event's AMBER.
    expect(tlpOfMarkings(ip?.object_marking_refs)).toBe('red');
    expect(found.get(`indicator--${uuid('02')}`)?.pattern).toBe(
      "[domain-name:value = 'mail.heron.example'] AND [ipv4-addr:value = '198.51.100.24']",
    );
    expect(found.get(`indicator--${uuid('03')}`)?.pattern).toBe(
      "[file:name = 'it\\'s a \\\\ file.exe' AND file:hashes.'SHA-256' = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']",
    );
    expect(found.get(`indicator--${uuid('07')}`)).toMatchObject({ pattern_type: 'yara', name: 'heron' });
    expect(found.get(`indicator--${uuid('08')}`)?.pattern).toContain("'HKEY_LOCAL_MACHINE\\\\Software\\\\Run'");
    const refsOf = (id: string) => (found.get(id) as { object_refs: string[] } | undefined)?.object_refs ?? [];
    expect(found.get(refsOf(`observed-data--${uuid('04')}`)[0] ?? '')).toMatchObject({
      type: 'url',
      value: 'https://heron.example/login?x=1',
    });
    const traffic = refsOf(`observed-data--${uuid('09')}`).map((id) => found.get(id));
    expect(traffic).toMatchObject([
      { type: 'network-traffic', dst_port: 8443, protocols: ['ipv6'] },
      { type: 'ipv6-addr', value: '2001:db8::7' },
    ]);
    expect(found.get(vulnerabilityId('CVE-2099-10001'))).toMatchObject({ name: 'CVE-2099-10001' });
    expect([...found.values()].some((object) => object.type === 'relationship' && object.relationship_type === 'resolves-to')).toBe(true);
  });

  it('ties indicators to the threats of their galaxies and keeps sightings', async () => {
    const found = objects(await read(await event()));
    const heron = 'threat-actor--5b0f4c4e-94a4-4f07-93a5-0f3bb3f0a001';
    expect(found.filter(({ id }) => id === heron)).toMatchObject([
      { name: 'Quiet Heron', aliases: ['Heron', 'TA-000'], x_misp_galaxy: { type: 'threat-actor', meta: { country: ['XX'] } } },
    ]);
    expect(found).toContainEqual(
      expect.objectContaining({ relationship_type: 'indicates', source_ref: `indicator--${uuid('01')}`, target_ref: heron }),
    );
    expect(found.find(({ type }) => type === 'sighting')).toMatchObject({
      id: 'sighting--b0000000-0000-4000-8000-000000000001',
      sighting_of_ref: `indicator--${uuid('01')}`,
      where_sighted_refs: ['identity--0f4c2b66-58a1-4f6e-8c9f-6a1f0e6f3d12'],
      first_seen: '2026-10-02T14:06:40.000Z',
    });
    expect(found.find(({ type }) => type === 'opinion')).toMatchObject({
      opinion: 'strongly-disagree',
      object_refs: [`indicator--${uuid('01')}`],
    });
  });

  it('reads objects as groups, with their references', async () => {
    const found = new Map(objects(await read(await event())).map((object) => [object.id, object]));
    const of = (id: string) => [...found.values()].filter((object) => object.type === id);
    const file = of('file').find(({ name }) => name === 'invoice.docm');
    expect(file).toMatchObject({ hashes: { 'SHA-1': 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3' }, size: 18432 });
    expect(found.get('indicator--c0000000-0000-4000-8000-000000000001')).toMatchObject({
      pattern: "[file:hashes.'SHA-1' = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3']",
      x_misp_object: 'file',
    });
    expect(of('artifact')).toMatchObject([{ payload_bin: 'aGVyb24=' }]);
    expect(of('network-traffic').find(({ dst_port }) => dst_port === 443)).toMatchObject({
      protocols: ['tcp'],
      src_ref: expect.stringMatching(/^ipv4-addr--/),
    });
    const mail = of('email-message')[0];
    expect(mail).toMatchObject({ subject: 'Your <i>invoice</i>', from_ref: expect.stringMatching(/^email-addr--/) });
    expect(found.get('indicator--c0000000-0000-4000-8000-000000000003')?.pattern).toBe(
      "[email-message:from_ref.value = 'billing@heron.example' AND email-message:subject = 'Your <i>invoice</i>']",
    );
    expect(found.get('relationship--d0000000-0000-4000-8000-000000000001')).toMatchObject({
      relationship_type: 'connects-to',
      x_misp_relationship_type: 'connects_To',
      description: 'over TLS',
      source_ref: 'indicator--c0000000-0000-4000-8000-000000000001',
      target_ref: 'observed-data--c0000000-0000-4000-8000-000000000002',
    });
    expect(found.get('note--e0000000-0000-4000-8000-000000000001')).toMatchObject({
      abstract: 'Summary',
      content: '# What happened\nA wave of mail.',
    });
  });

  it('keeps what STIX has no object for, and says what it left out', async () => {
    const items = await read(await event());
    const report = objects(items).at(-1);
    expect(report?.x_misp_attributes).toMatchObject([{ type: 'btc' }, { type: 'md5' }]);
    expect(report?.x_misp_objects).toMatchObject([{ name: 'pe-section', Attribute: [{ value: 'd41d8cd98f00b204e9800998ecf8427e' }] }]);
    expect(report?.x_misp_galaxies).toMatchObject([{ galaxy: 'tea-matrix', value: 'Milk in tea' }]);
    expect(report?.x_misp_related_events).toMatchObject([{ info: 'An earlier wave' }]);
    expect(report?.x_misp_event).toEqual({ distribution: '1' });
    expect(items.filter(({ kind }) => kind === 'rejected')).toEqual([
      { kind: 'rejected', id: uuid('0e'), path: 'Event.Attribute[13].value', reason: 'an attribute needs a value' },
      { kind: 'rejected', path: 'Event.Attribute[14]', reason: 'an attribute must be an object' },
    ]);
    const losses = items.filter((item) => item.kind === 'loss').map(({ path, what }) => `${path}: ${what}`);
    expect(losses).toEqual([
      expect.stringMatching(/^Event\.Attribute\[0\]\.Sighting\[2\]: .*expiration/),
      expect.stringMatching(/^Event\.Attribute\[12\]: .*deleted.*old\.example/),
      expect.stringMatching(/^Event\.Object\[0\]\.ObjectReference\[1\]: “drops”/),
      expect.stringMatching(/^Event\.ShadowAttribute\[0\]: .*proposed\.example/),
    ]);
  });
});

describe('MISP files', () => {
  it('that say the same twice give the same ids, and a later one newer times', async () => {
    const first = await event();
    const later = { Event: { ...first.Event, timestamp: '1791500000' } };
    const [a, b] = [objects(await read(first)).at(-1), objects(await read(later)).at(-1)];
    expect(b?.id).toBe(a?.id);
    expect(b?.created).toBe(a?.created);
    expect(String(b?.modified) > String(a?.modified)).toBe(true);
  });

  it('an attribute whose event became stricter is newer, though MISP left its time alone', async () => {
    const of = async (tlp: string) =>
      objects(
        await read({
          Event: {
            info: 'x',
            date: '2026-10-01',
            timestamp: '1791000000',
            analysis: '0',
            Tag: [{ name: tlp }],
            Attribute: [{ uuid: uuid('aa'), type: 'domain', value: 'a.example', to_ids: true, timestamp: '1790000000' }],
          },
        }),
      ).find(({ type }) => type === 'indicator');
    const [white, red] = [await of('tlp:white'), await of('TLP:RED')];
    expect(white?.modified).toBe('2026-09-21T14:13:20.000Z');
    expect(String(red?.modified) > String(white?.modified)).toBe(true);
  });

  it('in wrappings of all kinds are read, and what is none is rejected by its path', async () => {
    const items = await read({ response: [await event(), { nothing: 1 }, 17] });
    expect(objects(items).filter(({ type }) => type === 'report')).toHaveLength(1);
    expect(items.filter(({ kind }) => kind === 'rejected').map(({ path }) => path)).toEqual([
      'response[0].Event.Attribute[13].value',
      'response[0].Event.Attribute[14]',
      'response[1]',
      'response[2]',
    ]);
    expect(objects(await read([await event()]))).toHaveLength(objects(await read(await event())).length);
    expect(objects(await read((await event()).Event)).map(({ id }) => id)).toEqual(objects(await read(await event())).map(({ id }) => id));
  });

  it('an old cluster’s UUID, which was its collection’s, is not taken for its own', async () => {
    const cluster = (value: string) => ({ type: 'exploit-kit', value, uuid: '454f4e78-bd7c-11e6-a4a6-cec0c932ce01' });
    const found = objects(
      await read({
        Event: {
          info: 'x',
          analysis: '0',
          date: '2026-01-01',
          Galaxy: [{ type: 'exploit-kit', GalaxyCluster: [cluster('One EK'), cluster('Two EK')] }],
        },
      }),
    ).filter(({ type }) => type === 'tool');
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
  });

  const folder = new URL('../../../../../../shared/data/misp/', import.meta.url);
  it.skipIf(!existsSync(folder))(
    `PyMISP’s test events are all read, nothing invalid${existsSync(folder) ? '' : ' (skipped: no shared data)'}`,
    async () => {
      const events = await unpack(new URL('pymisp-test-events-99a1c797.tar.xz', folder));
      let read = 0;
      for (const [name, bytes] of events) {
        const items = await readAll(misp, name, bytes);
        if (Array.isArray(items) && objects(items).length > 0) read++;
      }
      expect(events.size).toBeGreaterThanOrEqual(30);
      expect(read).toBeGreaterThanOrEqual(20);
    },
  );
});

/** The JSON files of a .tar.xz, by the system's tar. */
async function unpack(archive: URL): Promise<Map<string, Uint8Array>> {
  const { execFileSync } = await import('node:child_process');
  const { mkdtemp, readdir, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  const into = await mkdtemp(join(tmpdir(), 'redoubt-misp-'));
  try {
    execFileSync('tar', ['xJf', fileURLToPath(archive), '-C', into]);
    const files = (await readdir(into, { recursive: true })).filter((name) => name.endsWith('.json'));
    return new Map(await Promise.all(files.map(async (name) => [name, new Uint8Array(await readFile(join(into, name)))] as const)));
  } finally {
    await rm(into, { recursive: true });
  }
}
