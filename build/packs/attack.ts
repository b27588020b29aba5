import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { factsOf } from './attack-facts.ts';
import { encodePack } from './encode-pack.ts';

/** MITRE's licence asks for this designation and the licence in any copy: https://attack.mitre.org/resources/legal-and-branding/terms-of-use/ */
export const attackNotice =
  '© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation. ' +
  'ATT&CK terms of use: https://attack.mitre.org/resources/legal-and-branding/terms-of-use/';

const domains = {
  'enterprise-attack': { name: 'attack-enterprise', title: 'ATT&CK Enterprise', collection: 'Enterprise ATT&CK' },
  'mobile-attack': { name: 'attack-mobile', title: 'ATT&CK Mobile', collection: 'Mobile ATT&CK' },
  'ics-attack': { name: 'attack-ics', title: 'ATT&CK ICS', collection: 'ICS ATT&CK' },
} as const;
type Domain = keyof typeof domains;

const Bundle = z.looseObject({ type: z.literal('bundle'), objects: z.array(z.looseObject({ type: z.string(), id: z.string() })).min(1) });
const Index = z.looseObject({
  collections: z.array(
    z.looseObject({ name: z.string(), versions: z.array(z.looseObject({ version: z.string(), modified: z.iso.datetime() })) }),
  ),
});

export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Makes one facts pack for each official ATT&CK bundle (STIX 2.0 or 2.1, `.json` or `.json.gz`).
 * MITRE's collection index may stand among the files; it tells the release date of bundles that
 * carry no collection object, whose version then is read from the file's name (`…-18.1.…`).
 */
export function makeAttackPacks(files: readonly InputFile[]): { fileName: string; bytes: Uint8Array }[] {
  const read = files.map((file) => ({ ...file, json: parse(file) }));
  const index = read.map(({ json }) => Index.safeParse(json).data).find((found) => found !== undefined);
  const everyDomain = gatherDomains(read.map(({ json }) => Bundle.safeParse(json).data?.objects ?? []).flat() as unknown as StixObject[]);
  const packs = new Map<string, Uint8Array>();
  for (const { name, bytes, json } of read) {
    if (Index.safeParse(json).success) continue;
    const bundle = Bundle.safeParse(json);
    if (!bundle.success) throw new Error(`${name} is not a STIX bundle.`);
    const objects = newest(bundle.data.objects as unknown as StixObject[]);
    const domain = domainOf(objects, name);
    const { name: packName, title, collection: collectionName } = domains[domain];
    const fileName = `${packName}.json.gz`;
    if (packs.has(fileName)) throw new Error(`${name} is a second bundle of ${title}; give one for each domain.`);
    const collection = objects.find((object) => object.type === 'x-mitre-collection');
    const version = String(collection?.x_mitre_version ?? /(?:^|-)(\d+\.\d+)(?:\.|$)/.exec(name)?.[1] ?? '');
    if (version === '') throw new Error(`${name} does not say its version; name it like “enterprise-attack-18.1.json”.`);
    const listed = index?.collections.find((entry) => entry.name === collectionName)?.versions.find((entry) => entry.version === version);
    const released = String(collection?.modified ?? listed?.modified ?? newestTime(objects)).slice(0, 10);
    const sources = [{ file: name, sha256: createHash('sha256').update(bytes).digest('hex') }];
    const facts = objects.map((object) => ({ ...factsOf(object), ...sharedDomains(object, everyDomain) }));
    packs.set(fileName, encodePack({ name: packName, title, version, released, sources, notice: attackNotice }, facts));
  }
  return [...packs].map(([fileName, bytes]) => ({ fileName, bytes })).sort((a, b) => (a.fileName < b.fileName ? -1 : 1));
}

function parse(file: InputFile): unknown {
  const packed = file.bytes[0] === 0x1f && file.bytes[1] === 0x8b;
  try {
    return JSON.parse((packed ? gunzipSync(file.bytes) : Buffer.from(file.bytes)).toString('utf8'));
  } catch (error) {
    throw new Error(`${file.name} is not JSON.`, { cause: error });
  }
}

/** Where a bundle carries several versions of one object, the newest. */
function newest(objects: readonly StixObject[]): StixObject[] {
  const kept = new Map<string, StixObject>();
  for (const object of objects) {
    const other = kept.get(object.id);
    if (!other || String(other.modified) < String(object.modified)) kept.set(object.id, object);
  }
  return [...kept.values()];
}

/** Every domain that any of the bundles gives one version of an object. */
function gatherDomains(objects: readonly StixObject[]): ReadonlyMap<string, ReadonlySet<string>> {
  const gathered = new Map<string, Set<string>>();
  for (const object of objects) {
    if (!Array.isArray(object.x_mitre_domains)) continue;
    const version = versionKey(object);
    const known = gathered.get(version) ?? new Set<string>();
    for (const domain of object.x_mitre_domains) known.add(String(domain));
    gathered.set(version, known);
  }
  return gathered;
}

/**
 * MITRE's bundles list some groups each under its own domain only; two packs would then hold two
 * contents for one version. Both say: the object is in all of them.
 */
function sharedDomains(object: StixObject, every: ReadonlyMap<string, ReadonlySet<string>>): { x_mitre_domains?: string[] } {
  const known = every.get(versionKey(object));
  return known && known.size > 0 ? { x_mitre_domains: [...known].sort() } : {};
}

function versionKey(object: StixObject): string {
  return `${object.id} ${String(object.modified)}`;
}

function newestTime(objects: readonly StixObject[]): string {
  return objects.reduce((latest, object) => (String(object.modified ?? '') > latest ? String(object.modified) : latest), '');
}

/** The matrix names the domain; a bundle holds one. */
function domainOf(objects: readonly StixObject[], name: string): Domain {
  for (const object of objects) {
    if (object.type !== 'x-mitre-matrix' || !Array.isArray(object.x_mitre_domains)) continue;
    for (const domain of Object.keys(domains) as Domain[]) if (object.x_mitre_domains.includes(domain)) return domain;
  }
  throw new Error(`${name} holds no ATT&CK matrix, so its domain is unknown.`);
}

function main(paths: readonly string[]) {
  if (paths.length === 0) {
    process.stderr.write('Usage: npm run pack:attack -- FILE…   (official ATT&CK bundles, and MITRE’s index.json if at hand)\n');
    process.exitCode = 2;
    return;
  }
  const target = join(import.meta.dirname, '../../resources/packs');
  mkdirSync(target, { recursive: true });
  for (const { fileName, bytes } of makeAttackPacks(paths.map((path) => ({ name: basename(path), bytes: readFileSync(path) })))) {
    writeFileSync(join(target, fileName), bytes);
    process.stdout.write(`${fileName}: ${bytes.length} bytes\n`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2));
