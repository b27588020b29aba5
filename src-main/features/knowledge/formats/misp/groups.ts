import type { JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { isValid } from '../linked.ts';
import type { Attribute } from './attributes.ts';
import { address, fullKey, hashes, hashTest, literal, type Observable, observableOf, protocolsFor, sco } from './observables.ts';
import { writtenTime } from './session.ts';

/** Each object once, the first place counts. */
export function unique(objects: readonly StixObject[]): StixObject[] {
  return [...new Map(objects.map((object) => [object.id, object])).values()];
}

/** The observables of one MISP object, by its template's name, and the test of those of its attributes that are to be detected. */
export function groupOf(name: string, attributes: readonly Attribute[]): Observable {
  const group = candidateOf(name, attributes);
  return group.objects.every(isValid) ? group : oneByOne(attributes, false);
}

function candidateOf(name: string, attributes: readonly Attribute[]): Observable {
  switch (name) {
    case 'file':
      return fileOf(attributes);
    case 'ip-port':
    case 'network-connection':
    case 'netflow':
    case 'network-socket':
      return trafficOf(attributes);
    case 'email':
      return emailOf(attributes);
    case 'registry-key':
      return registryOf(attributes);
    // Hashes of a section or of an executable's parts are not those of a file.
    case 'pe':
    case 'pe-section':
    case 'elf':
    case 'elf-section':
    case 'macho':
    case 'macho-section':
      return { objects: [], links: [], observations: [] };
    default:
      return oneByOne(attributes, name === 'domain-ip');
  }
}

function oneByOne(attributes: readonly Attribute[], resolves: boolean): Observable {
  const objects: StixObject[] = [];
  const observations: string[] = [];
  const links: Observable['links'][number][] = [];
  for (const { type, value, toIds } of attributes) {
    const found = observableOf(type, value);
    if (!found) continue;
    objects.push(...found.objects);
    links.push(...found.links);
    if (toIds) observations.push(...found.observations);
  }
  if (resolves) {
    for (const domain of objects.filter(({ type }) => type === 'domain-name')) {
      for (const ip of objects.filter(({ type }) => type === 'ipv4-addr' || type === 'ipv6-addr')) {
        links.push({ relationshipType: 'resolves-to', source: domain.id, target: ip.id });
      }
    }
  }
  return { objects: unique(objects), links, observations: [...new Set(observations)] };
}

function fileOf(attributes: readonly Attribute[]): Observable {
  const properties: JsonObject = {};
  const sums: Record<string, string> = {};
  const tests: string[] = [];
  for (const { type, relation, value, toIds, raw } of attributes) {
    const hash = hashes.get(type);
    let test: string | undefined;
    if (hash?.valid.test(value)) {
      if (sums[hash.name] !== undefined && sums[hash.name] !== value) continue;
      sums[hash.name] = value;
      test = hashTest('file', hash.name, value);
    } else if (type === 'malware-sample' && value.includes('|')) {
      const cut = value.lastIndexOf('|');
      const md5 = value.slice(cut + 1);
      properties.name ??= value.slice(0, cut);
      if (hashes.get('md5')?.valid.test(md5)) {
        sums.MD5 ??= md5;
        test = hashTest('file', 'MD5', md5);
      }
    } else if (type === 'filename') {
      properties.name ??= value;
      test = `file:name = ${literal(value)}`;
    } else if (type === 'size-in-bytes' && /^\d{1,15}$/.test(value)) {
      properties.size ??= Number(value);
      test = `file:size = ${Number(value)}`;
    } else if (type === 'mime-type') {
      properties.mime_type ??= value;
      test = `file:mime_type = ${literal(value)}`;
    } else {
      const property = { 'creation-time': 'ctime', 'modification-time': 'mtime', 'access-time': 'atime' }[relation];
      const time = property === undefined ? undefined : writtenTime(raw, 'value');
      if (property !== undefined && time !== undefined) properties[property] ??= time;
    }
    if (toIds && test !== undefined) tests.push(test);
  }
  const name = properties.name;
  if (Object.keys(sums).length === 0 && name === undefined) return { objects: [], links: [], observations: [] };
  // Only what identifies the file goes into its object, so that other sources of the same hashes meet in it.
  const file = sco('file', { ...(Object.keys(sums).length > 0 ? { hashes: sums } : {}), ...properties });
  return { objects: [file], links: [], observations: tests.length > 0 ? [[...new Set(tests)].join(' AND ')] : [] };
}

function trafficOf(attributes: readonly Attribute[]): Observable {
  const ends: StixObject[] = [];
  const others: Attribute[] = [];
  const traffic: JsonObject = {};
  const protocols: string[] = [];
  const tests: string[] = [];
  for (const attribute of attributes) {
    const { type, relation, value, toIds, raw } = attribute;
    const side = relation === 'ip-src' || relation === 'hostname-src' || relation === 'src-port' ? 'src' : 'dst';
    const end = type.startsWith('ip-')
      ? address(value)
      : /^hostname-(?:src|dst)$/.test(relation)
        ? observableOf('hostname', value)
        : undefined;
    if (end?.objects[0] && traffic[`${side}_ref`] === undefined) {
      ends.push(...end.objects);
      traffic[`${side}_ref`] = end.objects[0].id;
      if (toIds) tests.push(`network-traffic:${side}_ref.value = ${literal(value)}`);
    } else if (type === 'port' && /^\d{1,5}$/.test(value) && Number(value) <= 65_535 && traffic[`${side}_port`] === undefined) {
      traffic[`${side}_port`] = Number(value);
      if (toIds) tests.push(`network-traffic:${side}_port = ${Number(value)}`);
    } else if (/^layer\d-protocol$|^protocol$/.test(relation)) {
      protocols.push(value.toLowerCase());
    } else if (relation === 'first-packet-seen') {
      const time = writtenTime(raw, 'value');
      if (time) traffic.start = time;
    } else {
      others.push(attribute);
    }
  }
  const rest = oneByOne(others, false);
  if (
    ends.length === 0 ||
    (traffic.src_port === undefined && traffic.dst_port === undefined && ends.length < 2 && protocols.length === 0)
  ) {
    const plain = ends.map((end) => `${end.type}:value = ${literal(String(end.value))}`);
    const observations = tests.length > 0 && ends.length > 0 ? plain : [];
    return { objects: unique([...ends, ...rest.objects]), links: rest.links, observations: [...observations, ...rest.observations] };
  }
  const object = sco('network-traffic', { ...traffic, protocols: protocols.length > 0 ? protocols : protocolsFor(ends[0]?.type ?? '') });
  return {
    objects: unique([object, ...ends, ...rest.objects]),
    links: rest.links,
    observations: [...(tests.length > 0 ? [tests.join(' AND ')] : []), ...rest.observations],
  };
}

const mailboxes: Readonly<Record<string, string>> = { to: 'to_refs', cc: 'cc_refs', bcc: 'bcc_refs' };

function emailOf(attributes: readonly Attribute[]): Observable {
  const message: JsonObject = { is_multipart: false };
  const addresses: StixObject[] = [];
  const others: Attribute[] = [];
  const tests: string[] = [];
  for (const attribute of attributes) {
    const { type, relation, value, toIds, raw } = attribute;
    const box = Object.hasOwn(mailboxes, relation) ? (mailboxes[relation] as string) : undefined;
    const found = relation === 'from' || box !== undefined ? observableOf('email', value)?.objects[0] : undefined;
    let test: string | undefined;
    if (found && box === undefined && message.from_ref === undefined) {
      addresses.push(found);
      message.from_ref = found.id;
      test = `email-message:from_ref.value = ${literal(value)}`;
    } else if (found && box !== undefined) {
      addresses.push(found);
      const list = Array.isArray(message[box]) ? message[box] : [];
      if (!list.includes(found.id)) message[box] = [...list, found.id];
      test = `email-message:${box}[*].value = ${literal(value)}`;
    } else if (type === 'email-subject' && message.subject === undefined) {
      message.subject = value;
      test = `email-message:subject = ${literal(value)}`;
    } else if (type === 'email-body' && message.body === undefined) {
      message.body = value;
      test = `email-message:body = ${literal(value)}`;
    } else if (type === 'email-message-id' && message.message_id === undefined) {
      message.message_id = value;
      test = `email-message:message_id = ${literal(value)}`;
    } else if (relation === 'send-date' && message.date === undefined && writtenTime(raw, 'value') !== undefined) {
      message.date = writtenTime(raw, 'value') as string;
    } else {
      others.push(attribute);
    }
    if (toIds && test !== undefined) tests.push(test);
  }
  const rest = oneByOne(others, false);
  const says = Object.keys(message).length > 1;
  return {
    objects: unique([...(says ? [sco('email-message', message)] : []), ...addresses, ...rest.objects]),
    links: rest.links,
    observations: [...(tests.length > 0 ? [tests.join(' AND ')] : []), ...rest.observations],
  };
}

function registryOf(attributes: readonly Attribute[]): Observable {
  const by = (relation: string) => attributes.find((attribute) => attribute.relation === relation);
  const key = by('key');
  const full = key && fullKey(key.value);
  if (!key || full === undefined) return oneByOne(attributes, false);
  const [name, data, type] = [by('name'), by('data'), by('data-type')];
  const value = {
    ...(name ? { name: name.value } : {}),
    ...(data ? { data: data.value } : {}),
    ...(type && /^REG_[A-Z_]+$/.test(type.value) ? { data_type: type.value } : {}),
  };
  const tests = [
    ...(key.toIds ? [`windows-registry-key:key = ${literal(full)}`] : []),
    ...(data?.toIds ? [`windows-registry-key:values[*].data = ${literal(data.value)}`] : []),
    ...(name?.toIds ? [`windows-registry-key:values[*].name = ${literal(name.value)}`] : []),
  ];
  const object = sco('windows-registry-key', { key: full, ...(Object.keys(value).length > 0 ? { values: [value] } : {}) });
  return { objects: [object], links: [], observations: tests.length > 0 ? [tests.join(' AND ')] : [] };
}
