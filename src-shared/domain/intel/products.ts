import { type Cpe, parseCpe, plainValue } from './cpe.ts';

/** What a piece of software is known by, in the forms that records of vulnerabilities use. */
export interface Product {
  readonly cpe?: Cpe | undefined;
  /** Canonical, without version: `npm/lodash`, `maven/org.apache.logging.log4j/log4j-core`. */
  readonly purl?: string | undefined;
  readonly vendor?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

const companies = new Set(
  'ab ag as bv co company corp corporation foundation gmbh group holdings inc incorporated international labs limited llc ltd networks nv oy plc project sa software solutions srl systems team technologies technology the'.split(
    ' ',
  ),
);

/** A vendor's name without its legal form: `Apache Software Foundation` and `apache` are one. */
export function vendorKey(name: string): string {
  const words = wordsOf(name);
  const telling = words.filter((word) => !companies.has(word));
  return (telling.length > 0 ? telling : words).join('');
}

/** A product's name in small letters and digits, without what stands in brackets. */
export function productKey(name: string): string {
  return wordsOf(name.replace(/\([^)]{0,200}\)/g, ' ')).join('');
}

function wordsOf(text: string): string[] {
  return (
    text
      .slice(0, 300)
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

const empty = /^(?:|n\/a|na|none|unknown|unspecified|multiple|multiple products|various|all|other)$/i;

/** Whether a name says which product is meant. */
export function tells(name: string | undefined): name is string {
  return name !== undefined && !empty.test(name.trim()) && productKey(name).length >= 2;
}

/** A package URL as type, namespace and name, with its version apart; undefined where it is none. */
export function parsePurl(text: string): { name: string; version: string | undefined } | undefined {
  const found = /^pkg:\/{0,2}([a-z][a-z0-9.+-]{0,40})\/([^@?#]{1,500})(?:@([^?#]{1,300}))?/i.exec(text.trim());
  if (!found) return undefined;
  const [, type = '', path = '', version] = found;
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const low = type.toLowerCase();
  const folded =
    /^(?:npm|maven|cargo|golang|gem|nuget|hex|cran|swift)$/.test(low) && low !== 'nuget' ? parts : parts.map((part) => part.toLowerCase());
  // PyPI takes dots, hyphens and underscores for one (PEP 503).
  const names = low === 'pypi' ? folded.map((part) => part.replace(/[-_.]+/g, '-')) : folded;
  return { name: [low, ...names].join('/'), version: version === undefined ? undefined : decoded(version) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The keys under which a product is looked up: by CPE, by package, by vendor and name. */
export function productKeys({ cpe, purl, vendor, name }: Product): string[] {
  const keys: string[] = [];
  const made = cpe && [plainValue(cpe.vendor), plainValue(cpe.product)];
  if (made?.[0] !== undefined && made[1] !== undefined) keys.push(`c:${made[0]}:${made[1]}`);
  if (purl !== undefined) keys.push(`p:${purl}`);
  for (const key of nameKeys(vendor ?? made?.[0], name ?? made?.[1])) keys.push(`n:${key}`);
  return keys;
}

/** `vendor:product`, also where the product's name begins with the vendor's; `:product` where no vendor is known. */
export function nameKeys(vendor: string | undefined, name: string | undefined): string[] {
  if (!tells(name)) return [];
  const product = productKey(name);
  if (!tells(vendor)) return [`:${product}`];
  const by = vendorKey(vendor);
  // The kernel's own records call it Linux, everyone else's the Linux kernel.
  if (by === 'linux' && /^(?:linux|kernel|linuxkernel)$/.test(product)) return ['linux:linuxkernel'];
  const without = product.startsWith(by) && product.length > by.length + 1 ? product.slice(by.length) : undefined;
  return [`${by}:${product}`, ...(without === undefined ? [] : [`${by}:${without}`])];
}

/** A product from what an inventory wrote: a CPE name, a package URL, or words with perhaps a version at their end. */
export function productFrom(text: string): Product {
  const cpe = parseCpe(text);
  if (cpe) return { cpe, vendor: plainValue(cpe.vendor), name: plainValue(cpe.product), version: versionOf(cpe) };
  const purl = text.startsWith('pkg:') ? parsePurl(text) : undefined;
  if (purl) return { purl: purl.name, name: purl.name.slice(purl.name.lastIndexOf('/') + 1), version: purl.version };
  const versioned = /^(.{1,300}\S)\s+v?(\d+(?:\.\d+)*[\w.+-]*)$/.exec(text.slice(0, 500).trim());
  return versioned ? { name: versioned[1], version: versioned[2] } : { name: text.slice(0, 300) };
}

/** The version of a CPE name; its update is part of it where the version alone says nothing. */
export function versionOf(cpe: Cpe): string | undefined {
  const version = plainValue(cpe.version);
  const update = plainValue(cpe.update);
  return version !== undefined && update !== undefined ? `${version} ${update}` : version;
}
