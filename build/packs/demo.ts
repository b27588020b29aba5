import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { extensionObjectsFor, type OwnTypeName, withExtension } from '#shared/domain/knowledge/extensions.ts';
import { generatedId, observableId, relationshipId, vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { readPack } from '../../src-main/features/intel/packs/read-pack.ts';
import { assets, controls, findings, flows, hospital, incident, logSources, software } from './hospital.ts';

/** One time for all that stands in the demo, so that the recipe gives the same file each time. */
const at = '2026-10-05T08:00:00.000Z';
const tlpGreen: StixObject = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da',
  created: '2017-01-20T00:00:00.000Z',
  definition_type: 'tlp',
  name: 'TLP:GREEN',
  definition: { tlp: 'green' },
};
const tlpAmber: StixObject = {
  ...tlpGreen,
  id: 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  name: 'TLP:AMBER',
  definition: { tlp: 'amber' },
};

const ownerId = generatedId('identity', 'demo', hospital.name);
const idOf = (type: string, key: string) => generatedId(type, 'demo', key);
const assetId = (key: string) => {
  if (!assets.some((row) => row.key === key)) throw new Error(`The hospital has no asset “${key}”.`);
  return idOf('x-redoubt-asset', key);
};

function sdo(type: string, id: string, properties: JsonObject): StixObject {
  return { type, spec_version: '2.1', id, created_by_ref: ownerId, created: at, modified: at, ...properties };
}

function own(type: OwnTypeName, key: string, properties: JsonObject): StixObject {
  return withExtension(type, { ...sdo(type, idOf(type, key), properties), id: idOf(type, key) });
}

function relate(source: string, relationshipType: string, target: string, properties: JsonObject = {}): StixObject {
  return sdo('relationship', relationshipId(relationshipType, source, target), {
    relationship_type: relationshipType,
    source_ref: source,
    target_ref: target,
    ...properties,
  });
}

/** What ATT&CK calls its things, to their STIX ids: techniques and groups by number, data components by name. */
export interface AttackIds {
  byNumber(number: string): string;
  component(name: string): string;
}

export async function readAttackIds(packs: readonly Uint8Array[]): Promise<AttackIds> {
  const numbers = new Map<string, string>();
  const components = new Map<string, string>();
  for (const pack of packs)
    for await (const page of readPack(pack))
      for (const item of page) {
        if (item.kind !== 'object' || item.object.revoked === true || item.object.x_mitre_deprecated === true) continue;
        const { id, type, name, external_references: references } = item.object;
        const first = Array.isArray(references) ? (references[0] as JsonObject) : undefined;
        if (typeof first?.external_id === 'string') numbers.set(first.external_id, id);
        if (type === 'x-mitre-data-component' && typeof name === 'string') components.set(name, id);
      }
  const found = (map: ReadonlyMap<string, string>, key: string) => {
    const id = map.get(key);
    if (id === undefined) throw new Error(`ATT&CK has no live “${key}”.`);
    return id;
  };
  return { byNumber: (number) => found(numbers, number), component: (name) => found(components, name) };
}

const demoTypes: readonly OwnTypeName[] = ['x-redoubt-asset', 'x-redoubt-control', 'x-redoubt-log-source', 'x-redoubt-data-flow'];

/** The demo hospital as one STIX 2.1 bundle. */
export function makeDemo(attack: AttackIds): JsonObject {
  const softwareIds = new Map<string, string>();
  const objects: StixObject[] = [
    ...extensionObjectsFor(demoTypes),
    tlpGreen,
    tlpAmber,
    {
      type: 'identity',
      spec_version: '2.1',
      id: ownerId,
      created: at,
      modified: at,
      name: hospital.name,
      description: hospital.about,
      identity_class: 'organization',
      sectors: ['healthcare'],
    },
  ];

  for (const { key, name, vendor, version, cpe } of software) {
    const product = { type: 'software', name, vendor, version, cpe };
    const id = observableId(product);
    softwareIds.set(key, id);
    objects.push({ spec_version: '2.1', id, ...product });
  }
  const softwareId = (key: string) => softwareIds.get(key) ?? fail(`The hospital has no software “${key}”.`);

  for (const { key, name, type, zone, exposure, criticality, owner, address, system, runs } of assets) {
    objects.push(
      own('x-redoubt-asset', key, {
        name,
        asset_id: `HV-${key}`,
        asset_type: type,
        hostnames: [`${key}.harbourvale.example`],
        ip_addresses: [address],
        owner,
        criticality,
        exposure,
        zone,
        operating_system: system,
        environment: 'production',
      }),
    );
    for (const used of runs) objects.push(relate(assetId(key), 'runs', softwareId(used)));
  }

  const zoneOf = new Map(assets.map((row) => [row.key, row.zone]));
  for (const { from, to, protocol, port, data, encrypted, authenticated } of flows) {
    const nameOf = (key: string) => assets.find((row) => row.key === key)?.name ?? key;
    objects.push(
      own('x-redoubt-data-flow', `${from} ${to} ${port}`, {
        name: `${nameOf(from)} to ${nameOf(to)}: ${data}`,
        from_ref: assetId(from),
        to_ref: assetId(to),
        protocols: [protocol],
        ...(port > 0 ? { ports: [port] } : {}),
        data_classes: [data],
        encrypted,
        authenticated,
        crosses_boundary: zoneOf.get(from) !== zoneOf.get(to),
      }),
    );
  }

  for (const { cve, about, software: product, on, kev } of findings) {
    const id = vulnerabilityId(cve);
    objects.push(
      sdo('vulnerability', id, {
        name: cve,
        description: about,
        external_references: [{ source_name: 'cve', external_id: cve }],
        ...(kev
          ? {
              x_redoubt_kev: { vendor: kev.vendor, product: kev.product, date_added: kev.added, due_date: kev.due, known_ransomware: true },
            }
          : {}),
      }),
      relate(softwareId(product), 'has', id),
      ...on.map((key) => relate(assetId(key), 'has', id, { description: 'Found by the monthly scan.' })),
    );
  }

  for (const [number, name, status, owner, covered, techniques] of controls)
    objects.push(
      own('x-redoubt-control', number, {
        name,
        control_id: number,
        framework: 'NIST SP 800-53 Rev. 5',
        status,
        owner,
        technique_refs: techniques.map(attack.byNumber),
        ...(covered.length > 0 ? { asset_refs: covered.map(assetId) } : {}),
      }),
    );

  for (const [name, product, channel, enabled, days, covered, components] of logSources)
    objects.push(
      own('x-redoubt-log-source', name, {
        name,
        product,
        channel,
        enabled,
        retention_days: days,
        data_component_refs: components.map(attack.component),
        asset_refs: covered.map(assetId),
      }),
    );

  objects.push(...incidentObjects(attack));
  return { type: 'bundle', id: generatedId('bundle', 'demo', hospital.name), objects };
}

function incidentObjects(attack: AttackIds): StixObject[] {
  const amber = { object_marking_refs: [tlpAmber.id] };
  const campaign = idOf('campaign', incident.name);
  const malware = idOf('malware', incident.malware);
  const objects: StixObject[] = [
    sdo('campaign', campaign, {
      name: incident.name,
      description: incident.about,
      first_seen: incident.firstSeen,
      last_seen: incident.lastSeen,
      ...amber,
    }),
    sdo('malware', malware, {
      name: incident.malware,
      description: incident.malwareAbout,
      is_family: true,
      malware_types: ['ransomware'],
      ...amber,
    }),
    relate(campaign, 'uses', malware, amber),
    relate(campaign, 'targets', ownerId, amber),
  ];
  for (const [number, asset, what] of incident.steps) {
    objects.push(relate(campaign, 'uses', attack.byNumber(number), { description: what, ...amber }));
    const target = relate(campaign, 'targets', assetId(asset), amber);
    if (!objects.some((object) => object.id === target.id)) objects.push(target);
  }
  for (const number of incident.malwareTechniques) objects.push(relate(malware, 'uses', attack.byNumber(number), amber));
  for (const [name, pattern] of incident.indicators) {
    const id = idOf('indicator', name);
    objects.push(
      sdo('indicator', id, {
        name,
        pattern,
        pattern_type: 'stix',
        valid_from: incident.lastSeen,
        indicator_types: ['malicious-activity'],
        ...amber,
      }),
      relate(id, 'indicates', malware, amber),
    );
  }
  const groups = incident.resembles.map(attack.byNumber);
  for (const group of groups)
    objects.push(
      relate(campaign, 'related-to', group, { description: 'Known techniques overlap. No attribution: the incident is invented.' }),
    );
  objects.push(
    sdo('sighting', idOf('sighting', incident.name), {
      sighting_of_ref: idOf('indicator', incident.indicators[0][0]),
      where_sighted_refs: [ownerId],
      first_seen: incident.firstSeen,
      last_seen: incident.lastSeen,
      count: 214,
      ...amber,
    }),
    sdo('report', idOf('report', incident.name), {
      name: `Incident report: ${incident.name}`,
      description: incident.about,
      report_types: ['campaign'],
      published: incident.published,
      object_refs: [
        campaign,
        malware,
        ...incident.indicators.map(([name]) => idOf('indicator', name)),
        ...incident.steps.map(([number]) => attack.byNumber(number)),
      ],
      ...amber,
    }),
    sdo('report', idOf('report', 'sector watch'), {
      name: 'Sector watch: groups that have hit hospitals',
      description: 'Two groups of ATT&CK to compare with our own coverage.',
      report_types: ['threat-actor'],
      published: incident.published,
      object_refs: groups,
      object_marking_refs: [tlpGreen.id],
    }),
  );
  return objects;
}

function fail(message: string): never {
  throw new Error(message);
}

/** One object a line: small, and a change shows as one line. */
export function demoText(bundle: JsonObject): string {
  const { objects, ...head } = bundle;
  const lines = (objects as StixObject[]).map((object) => `  ${JSON.stringify(object)}`);
  return `${JSON.stringify(head).slice(0, -1)},"objects":[\n${lines.join(',\n')}\n]}\n`;
}

export async function makeDemoText(root: string): Promise<string> {
  const packs = ['attack-enterprise', 'attack-ics'].map((name) => readFileSync(join(root, `resources/packs/${name}.json.gz`)));
  return demoText(makeDemo(await readAttackIds(packs)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = join(import.meta.dirname, '../..');
  writeFileSync(join(root, 'resources/demo/hospital.json'), await makeDemoText(root));
}
