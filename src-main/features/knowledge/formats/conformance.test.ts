import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { describeFormat, type Subject } from './conformance.ts';
import { inventorySubjects } from './conformance-inventories.ts';
import { formats } from './index.ts';

const fixturesOf = (id: string) => fileURLToPath(new URL(`./${id}/fixtures/`, import.meta.url));
const bytes = (text: string) => new TextEncoder().encode(text);
const names = (objects: Parameters<Subject['namesIn']>[0]) => objects.map(({ name }) => String(name));

const own: Record<(typeof formats)[number]['id'], Pick<Subject, 'withName' | 'namesIn'>> = {
  ...inventorySubjects,
  stix: {
    withName: (name) =>
      bytes(
        JSON.stringify({
          type: 'bundle',
          id: 'bundle--5d0092c5-5f74-4287-9642-33f4c354e56d',
          objects: [
            {
              type: 'campaign',
              spec_version: '2.1',
              id: 'campaign--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
              created: '2026-10-06T20:03:00.000Z',
              modified: '2026-10-06T20:03:00.000Z',
              name,
            },
          ],
        }),
      ),
    namesIn: names,
  },
  misp: {
    withName: (info) =>
      bytes(
        JSON.stringify({
          Event: { info, date: '2026-10-01', Attribute: [{ type: 'domain', value: 'a.example', to_ids: false, category: 'Other' }] },
        }),
      ),
    namesIn: names,
  },
  csv: {
    withName: (name) => bytes(`Name,IP Address\r\n"${name.replaceAll('"', '""')}",192.0.2.1\r\n`),
    namesIn: names,
  },
  kev: {
    withName: (vulnerabilityName) =>
      bytes(
        JSON.stringify({
          catalogVersion: '1',
          vulnerabilities: [
            {
              cveID: 'CVE-2099-1234',
              vendorProject: 'v',
              product: 'p',
              vulnerabilityName,
              dateAdded: '2026-10-01',
              shortDescription: 's',
              requiredAction: 'r',
              dueDate: '2026-10-02',
            },
          ],
        }),
      ),
    namesIn: (objects) => objects.map(({ x_redoubt_kev: kev }) => String((kev as { name?: unknown } | undefined)?.name)),
  },
  'navigator-layer': {
    withName: (name) => bytes(JSON.stringify({ name, domain: 'enterprise-attack', techniques: [{ techniqueID: 'T1059' }] })),
    namesIn: names,
  },
  cve: {
    withName: (title) =>
      bytes(
        JSON.stringify({
          dataType: 'CVE_RECORD',
          dataVersion: '5.1',
          cveMetadata: { cveId: 'CVE-2099-1234', state: 'PUBLISHED' },
          containers: { cna: { title, descriptions: [{ lang: 'en', value: title }] } },
        }),
      ),
    namesIn: (objects) => objects.map(({ x_redoubt_cve: cve }) => String((cve as { title?: unknown } | undefined)?.title)),
  },
  'misp-warninglist': {
    withName: (name) => bytes(JSON.stringify({ name, type: 'string', version: 1, matching_attributes: ['url'], list: ['a'] })),
    namesIn: names,
  },
  'ctid-mapping': {
    withName: (name) =>
      bytes(
        JSON.stringify({
          metadata: { mapping_framework: 'f', attack_version: '19' },
          mapping_objects: [{ capability_id: 'C', capability_description: name, attack_object_id: 'T1059', mapping_type: 'mitigates' }],
        }),
      ),
    namesIn: names,
  },
  'attack-flow': {
    withName: (name) =>
      bytes(
        JSON.stringify({
          schema: 'attack_flow_v2',
          objects: [
            { id: 'flow', instance: '00000000-0000-4000-8000-000000000001', properties: [['name', name]] },
            { id: 'action', instance: '00000000-0000-4000-8000-000000000002', properties: [['name', 'a']], anchors: {} },
          ],
        }),
      ),
    namesIn: names,
  },
  taxii: {
    withName: (name) =>
      bytes(
        JSON.stringify([
          {
            more: false,
            objects: [
              {
                type: 'campaign',
                spec_version: '2.1',
                id: 'campaign--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
                created: '2026-10-06T20:03:00.000Z',
                modified: '2026-10-06T20:03:00.000Z',
                name,
              },
            ],
          },
        ]),
      ),
    namesIn: names,
  },
  d3fend: {
    withName: (name) =>
      bytes(
        `@prefix : <http://d3fend.mitre.org/ontologies/d3fend.owl#> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n` +
          `:X rdfs:subClassOf :DefensiveTechnique ; :d3fend-id "D3-X" ; rdfs:label ${JSON.stringify(name)} .\n`,
      ),
    namesIn: names,
  },
  capec: {
    withName: (name) =>
      bytes(
        `<Attack_Pattern_Catalog Version="3.9"><Attack_Patterns><Attack_Pattern ID="1" Name="${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"/></Attack_Patterns></Attack_Pattern_Catalog>`,
      ),
    namesIn: names,
  },
  lolbas: {
    withName: (Name) => bytes(JSON.stringify([{ Name, Commands: [{ Command: 'c', Usecase: 'u', MitreID: 'T1105' }] }])),
    namesIn: names,
  },
  'misp-galaxy': {
    withName: (value) => bytes(JSON.stringify({ name: 'g', type: 'rat', authors: ['a'], uuid: 'u', values: [{ value, meta: {} }] })),
    namesIn: names,
  },
  sigma: {
    withName: (title) =>
      bytes(`title: ${JSON.stringify(title)}\nlogsource:\n  product: windows\ndetection:\n  a:\n    b: c\n  condition: a\n`),
    namesIn: names,
  },
};

for (const format of formats) {
  const foreign = formats.filter(({ id }) => id !== format.id).map(({ id }) => fixturesOf(id));
  describeFormat({ format, formats, fixtures: fixturesOf(format.id), foreign, ...own[format.id] }, { describe, it });
}
