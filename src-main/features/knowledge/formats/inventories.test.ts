import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { readAll } from './conformance.ts';
import type { Format, Item } from './format.ts';
import { inventories } from './inventories.ts';
import { softwareFrom, softwareOf } from './linked.ts';

const formatOf = (id: Format['id']) => inventories.find((format) => format.id === id) as Format;

async function read(id: Format['id'], file: string): Promise<{ items: Item[]; objects: StixObject[]; losses: string[] }> {
  const bytes = new Uint8Array(readFileSync(new URL(`${id}/fixtures/${file}`, import.meta.url)));
  const items = await readAll(formatOf(id), file, bytes);
  if (!Array.isArray(items)) throw new Error(items.failed);
  const objects = items.flatMap((item) => (item.kind === 'object' ? [item.object] : []));
  return { items, objects, losses: items.flatMap((item) => (item.kind === 'loss' ? [`${item.path}: ${item.what}`] : [])) };
}
const refused = (id: Format['id'], text: string) => readAll(formatOf(id), 'x', new TextEncoder().encode(text));
const ofType = (objects: StixObject[], type: string) => objects.filter((object) => object.type === type);
const edges = (objects: StixObject[], type: string) => ofType(objects, 'relationship').filter((one) => one['relationship_type'] === type);

describe('bills of materials', () => {
  it('CycloneDX: components by package URL, nested ones, dependencies, VEX as opinions and states', async () => {
    const { objects, items, losses } = await read('cyclonedx', 'portal-1.5.json');
    const log4j = objects.find((one) => one['name'] === 'log4j-core') as StixObject;
    expect(log4j.id).toBe(softwareFrom('pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar').id);
    expect(log4j).toMatchObject({
      cpe: expect.stringContaining('log4j'),
      x_redoubt_cyclonedx: { licenses: ['Apache-2.0'], hashes: [expect.stringMatching(/^SHA-1:/)] },
    });
    const disruptor = objects.find((one) => one['name'] === 'disruptor') as StixObject;
    expect(edges(objects, 'depends-on').some((one) => one['source_ref'] === log4j.id && one['target_ref'] === disruptor.id)).toBe(true);
    const [asset] = ofType(objects, 'x-redoubt-asset') as [StixObject];
    expect(edges(objects, 'runs').filter((one) => one['source_ref'] === asset.id).length).toBeGreaterThanOrEqual(7);
    const findings = ofType(objects, 'x-redoubt-finding');
    expect(findings.map((one) => [one['rule_id'], one['status']])).toEqual([
      ['CVE-2021-44228', 'open'],
      ['CVE-2021-45046', 'not-affected'],
      ['GHSA-4wf5-vphf-c2xc', 'fixed'],
      ['SNYK-JS-X-1', 'open'],
    ]);
    expect(findings[0]).toMatchObject({ score: 10, severity: 'critical', software_ref: log4j.id, cwes: ['CWE-20', 'CWE-502'] });
    const [opinion] = ofType(objects, 'opinion');
    expect(opinion).toMatchObject({ opinion: 'strongly-disagree', explanation: expect.stringContaining('code_not_reachable') });
    expect(edges(objects, 'has').filter((one) => one['source_ref'] === log4j.id)).toHaveLength(1);
    expect(items.filter(({ kind }) => kind === 'rejected')).toHaveLength(2);
    for (const wanted of [/score 5; its vector gives 9.3/, /no package URL/, /single files/, /compositions/, /nowhere/])
      expect(
        losses.some((loss) => wanted.test(loss)),
        String(wanted),
      ).toBe(true);
  });

  it('CycloneDX as XML says the same as its JSON', async () => {
    const { objects } = await read('cyclonedx', 'portal-1.4.xml');
    const [json] = (await read('cyclonedx', 'portal-1.5.json')).objects.filter((one) => one['name'] === 'log4j-core');
    expect(objects.find((one) => one['name'] === 'log4j-core')?.id).toBe(json?.id);
    expect(ofType(objects, 'x-redoubt-finding')[0]).toMatchObject({ rule_id: 'CVE-2018-25032', score: 7.5, cwes: ['CWE-787'] });
    expect(edges(objects, 'depends-on')).toHaveLength(2);
  });

  it('SPDX as JSON, of GitHub, and as tags and values', async () => {
    const { objects } = await read('spdx', 'image-2.3.json');
    expect(objects.find((one) => one['name'] === 'openssl')).toMatchObject({
      x_redoubt_purl: expect.stringContaining('pkg:deb/debian/openssl@'),
      vendor: 'Debian OpenSSL Team',
    });
    expect(edges(objects, 'depends-on')).toHaveLength(2);
    expect((await read('spdx', 'github-2.3.json')).objects.some((one) => one['x_redoubt_purl'] === 'pkg:npm/lodash@4.17.20')).toBe(true);
    const tags = await read('spdx', 'tools-2.2.spdx');
    expect(ofType(tags.objects, 'software').map(({ name }) => name)).toEqual(['busybox']);
    expect(ofType(tags.objects, 'x-redoubt-asset').map(({ name }) => name)).toEqual(['ward-terminal']);
    expect(tags.losses).toEqual(
      expect.arrayContaining([expect.stringContaining('no tag with a value'), expect.stringContaining('FileName')]),
    );
  });

  it('SPDX 3: packages, licences, dependencies, and the newest word of VEX on each', async () => {
    const { objects, items, losses } = await read('spdx', 'image-3.0.json');
    const openssl = objects.find((one) => one['name'] === 'openssl') as StixObject;
    expect(openssl).toMatchObject({
      id: softwareFrom('pkg:deb/debian/openssl@3.0.11-1~deb12u2?arch=amd64&distro=debian-12').id,
      vendor: 'Debian OpenSSL Team',
      cpe: 'cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*',
      x_redoubt_spdx: {
        licenses: ['MIT AND (Apache-2.0 OR LicenseRef-own)', 'Apache-2.0 OR LicenseRef-own'],
        hashes: ['SHA256:ab12'],
        other_names: ['swhid: swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2'],
      },
    });
    const libc = objects.find((one) => one['name'] === 'libc6') as StixObject;
    const [asset] = ofType(objects, 'x-redoubt-asset') as [StixObject];
    expect(asset).toMatchObject({
      name: 'registry.example/portal',
      asset_type: 'container',
      x_redoubt_spdx: { spec_version: 'SPDX-3.0.1' },
    });
    expect(
      edges(objects, 'depends-on').map((one) => [one['source_ref'] === openssl.id, one['target_ref'] === libc.id, one['description']]),
    ).toEqual(expect.arrayContaining([[true, true, 'At run time.']]));
    expect(edges(objects, 'depends-on')).toHaveLength(3);
    expect(
      ofType(objects, 'x-redoubt-finding').map((one) => [
        one['rule_id'],
        one['status'],
        one['severity'],
        one['score'],
        one['software_ref'],
      ]),
    ).toEqual([
      ['CVE-2023-5678', 'open', 'medium', 5.3, openssl.id],
      ['CVE-2023-4527', 'not-affected', 'info', undefined, libc.id],
    ]);
    expect(ofType(objects, 'opinion')).toMatchObject([
      {
        explanation: 'vulnerableCodeNotInExecutePath: No resolver is used.',
        object_refs: [libc.id, expect.stringMatching(/^vulnerability--/)],
      },
    ]);
    expect(items.filter(({ kind }) => kind === 'rejected')).toHaveLength(2);
    for (const wanted of [
      /score 5; its vector gives 5.3/,
      /1 statements are not the newest/,
      /nothing in the document is said to have it/,
      /1 dependencies name components that the file does not hold/,
      /1 relationships of type copiedTo/,
      /software_copyrightText \(1\)/,
      /1 elements of type software_File/,
      /1 elements of type Annotation/,
      /1 elements are of other documents/,
    ])
      expect(
        losses.some((loss) => wanted.test(loss)),
        String(wanted),
      ).toBe(true);
  });

  it('SPDX as YAML says the same as its JSON; SPDX 3 is told from it by its context', async () => {
    const { objects, losses } = await read('spdx', 'tools-2.3.yaml');
    expect(ofType(objects, 'x-redoubt-asset').map(({ name }) => name)).toEqual(['ward-terminal']);
    expect(ofType(objects, 'software')).toMatchObject([
      { name: 'busybox', vendor: 'Denys Vlasenko', x_redoubt_purl: expect.stringContaining('busybox') },
    ]);
    expect(losses).toEqual([expect.stringContaining('copyrightText (1)')]);
    const detect = (text: string) => formatOf('spdx').detect({ name: 'x', text, complete: true });
    expect(detect('{"@context":["https://spdx.org/rdf/3.0.1/spdx-context.jsonld"],"@graph":[]}').confidence).toBeGreaterThan(0.9);
    expect(detect('{"@graph":[{"type":"software_Package","spdxId":"urn:x"}]}').confidence).toBeGreaterThan(0.9);
    expect(detect('{"@context":"https://schema.org","@graph":[{"@id":"x"}]}').confidence).toBe(0);
    expect(detect('# SBOM\nspdxVersion: SPDX-2.3\n').confidence).toBeGreaterThan(0.9);
    expect(await refused('spdx', 'spdxVersion: SPDX-2.3\n a: b\n')).toEqual({ failed: expect.stringMatching(/no valid YAML/) });
    const bomb = `spdxVersion: SPDX-2.3\na0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`).join('\n')}\n`;
    expect(await refused('spdx', bomb)).toEqual({ failed: expect.stringMatching(/aliases/) });
    expect(await refused('spdx', 'spdxVersion: SPDX-2.3\npackages: &a\n- *a\n')).toEqual({ failed: expect.stringMatching(/holds itself/) });
  });
});

describe('findings', () => {
  it('Trivy: no secret is copied anywhere', async () => {
    const { objects, items, losses } = await read('trivy', 'image.json');
    expect(JSON.stringify(items)).not.toContain('AKIAEXAMPLESECRET');
    expect(losses.some((loss) => loss.includes('not copied'))).toBe(true);
    expect(ofType(objects, 'x-redoubt-finding').map((one) => [one['rule_id'], one['severity'], one['status']])).toEqual([
      ['CVE-2023-5678', 'medium', 'open'],
      ['GHSA-xxxx-yyyy-zzzz', 'info', 'open'],
      ['DS002', 'high', 'open'],
      ['DS001', 'low', 'not-affected'],
      ['aws-access-key-id', 'critical', 'open'],
      ['license:GPL-2.0-only', 'high', 'open'],
    ]);
    expect(ofType((await read('trivy', 'cluster.json')).objects, 'x-redoubt-asset').map(({ name }) => name)).toEqual([
      'ward-cluster/imaging/Deployment/portal',
      'ward-cluster/imaging/Pod/röntgen',
    ]);
  });

  it('SARIF: level, place, suppression, baseline, CWE; no token of the repository', async () => {
    const { objects, items } = await read('sarif', 'codeql.sarif');
    expect(JSON.stringify(items)).not.toContain('token@');
    expect(ofType(objects, 'x-redoubt-asset').map(({ name }) => name)).toContain('git.example/portal');
    const [first, second, third, fourth] = ofType(objects, 'x-redoubt-finding');
    expect(first).toMatchObject({
      name: 'Query depends on req.query by <img src=x>\u202e.',
      severity: 'high',
      location: 'src/ä b.js:17',
      cwes: ['CWE-89', 'CWE-79'],
      status: 'open',
    });
    expect([second, third, fourth].map((one) => one?.['status'])).toEqual(['suppressed', 'fixed', 'not-affected']);
  });

  it('OpenVAS: hosts that come after their results, vectors, false positives', async () => {
    const { objects, losses } = await read('openvas', 'report.xml');
    const findings = ofType(objects, 'x-redoubt-finding');
    expect(findings.map((one) => [one['severity'], one['status'], one['port']])).toEqual([
      ['medium', 'open', 443],
      ['critical', 'open', undefined],
      ['info', 'open', undefined],
      ['info', 'suppressed', 80],
    ]);
    expect(findings[0]).toMatchObject({ score: 5.9, last_seen: '2026-10-06T07:30:00.000Z', x_redoubt_openvas: { qod: '98' } });
    expect(losses.some((loss) => /score 9.9; its vector .* gives 7.5/.test(loss))).toBe(true);
  });
});

describe('software', () => {
  it('is one by its package URL however it is written, and by CPE in either form', () => {
    expect(softwareOf({ name: 'core', purl: 'pkg:NPM/%40angular/core@1' })?.id).toBe(softwareFrom('pkg:npm/%40angular/core@1').id);
    expect(softwareFrom('cpe:/a:openbsd:openssh:8.9p1')).toMatchObject({
      name: 'openssh',
      vendor: 'openbsd',
      version: '8.9p1',
      cpe: 'cpe:2.3:a:openbsd:openssh:8.9p1:*:*:*:*:*:*:*',
    });
    expect(softwareOf({})).toBeUndefined();
  });
});
