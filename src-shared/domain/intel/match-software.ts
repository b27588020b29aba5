import type { Affected } from './affected.ts';
import { judgeVersion } from './affected.ts';
import { type Cpe, compareCpe, parseCpe, plainValue } from './cpe.ts';
import type { Grade } from './priority.ts';
import { nameKeys, parsePurl, type Product, productKeys, tells } from './products.ts';

/** One piece of software that some assets run. */
export interface SoftwareItem extends Product {
  /** Names it to the caller. */
  readonly key: number;
}

export type Rule = 'cpe' | 'purl' | 'name' | 'kev';

/** Why one piece of software is taken to have one vulnerability. */
export interface SoftwareMatch {
  readonly item: SoftwareItem;
  readonly rule: Rule;
  readonly grade: Exclude<Grade, 'confirmed'>;
  /** The affected versions that hold it, as people write them. */
  readonly range?: string | undefined;
  /** The CPE name, package or product of the record that fits. */
  readonly by: string;
  /** Why it is no surer. */
  readonly doubt?: 'no-version' | 'order' | 'name' | 'no-range' | 'disagree' | undefined;
}

/** What a vulnerability says of products: CVE JSON's `affected`, or the names of CISA's KEV catalogue. */
export interface VulnerableProducts {
  readonly affected?: readonly Affected[] | undefined;
  readonly kev?: { readonly vendor?: string | undefined; readonly product?: string | undefined } | undefined;
}

/** Rows of `affected` that are read of one record; no published record comes near. */
const mostRows = 2_000;

export interface SoftwareIndex {
  readonly items: number;
  /** The best match of each piece of software, in no order. */
  match(products: VulnerableProducts): SoftwareMatch[];
}

/** Software by everything that records name products by, so that a record meets only the software it may be about. */
export function indexSoftware(items: Iterable<SoftwareItem>): SoftwareIndex {
  const byKey = new Map<string, SoftwareItem[]>();
  let count = 0;
  for (const item of items) {
    count++;
    for (const key of new Set(productKeys(item))) {
      const list = byKey.get(key);
      if (list) list.push(item);
      else byKey.set(key, [item]);
    }
  }
  return {
    items: count,
    match(products) {
      const best = new Map<number, SoftwareMatch>();
      const offer = (match: SoftwareMatch | undefined) => {
        if (!match) return;
        const standing = best.get(match.item.key);
        if (!standing || surer(match, standing)) best.set(match.item.key, match);
      };
      const rows = (products.affected ?? []).slice(0, mostRows);
      /** What a record calls not affected outright, other rows of it do not take back. */
      const cleared = new Set<number>();
      for (const row of rows) matchRow(row, byKey, offer, cleared);
      for (const key of cleared) if (best.get(key)?.rule === 'name') best.delete(key);
      if (products.kev && !rows.some(saysProduct)) matchKev(products.kev, byKey, offer);
      return [...best.values()];
    },
  };
}

const order: Record<SoftwareMatch['grade'], number> = { certain: 0, possible: 1, unsure: 2 };
const rules: Record<Rule, number> = { purl: 0, cpe: 1, name: 2, kev: 3 };
/** Whether the first is surer; among equals the text decides, so that the order of the rows does not. */
const surer = (a: SoftwareMatch, b: SoftwareMatch) =>
  (order[a.grade] - order[b.grade] || rules[a.rule] - rules[b.rule] || (textOf(a) < textOf(b) ? -1 : 1)) < 0;
const textOf = ({ by, range, doubt }: SoftwareMatch) => `${by} ${range ?? ''} ${doubt ?? ''}`;

function saysProduct(row: Affected): boolean {
  return tells(row.product) || (row.cpes?.length ?? 0) > 0 || row.package !== undefined;
}

type Index = ReadonlyMap<string, readonly SoftwareItem[]>;

function matchRow(row: Affected, byKey: Index, offer: (match: SoftwareMatch) => void, cleared: Set<number>): void {
  const cpes = (row.cpes ?? []).slice(0, mostRows).map((text) => ({ text, cpe: parseCpe(text) }));
  const seen = new Set<number>();
  const weigh = (item: SoftwareItem, rule: Rule, by: string, version: string | undefined, named: boolean) => {
    const judged = judgeVersion(row, version);
    if (judged.status === 'unaffected') {
      cleared.add(item.key);
      return;
    }
    const { range, sure, status } = judged;
    const doubt =
      status === 'affected'
        ? named
          ? 'name'
          : sure
            ? undefined
            : 'order'
        : version === undefined
          ? 'no-version'
          : range
            ? 'order'
            : 'no-range';
    const grade = doubt === undefined ? 'certain' : status === 'affected' || (!named && doubt === 'no-version') ? 'possible' : 'unsure';
    offer({ item, rule, grade, by, ...(range !== undefined && { range }), ...(doubt && { doubt }) });
  };

  const purl = row.package === undefined ? undefined : packageOf(row.package);
  if (purl) for (const item of byKey.get(`p:${purl}`) ?? []) weigh(item, 'purl', `pkg:${purl}`, item.version, false);

  for (const { text, cpe } of cpes) {
    if (!cpe) continue;
    const [vendor, product] = [plainValue(cpe.vendor), plainValue(cpe.product)];
    // A name that holds for any vendor or product says nothing about this software.
    if (vendor === undefined || product === undefined) continue;
    for (const item of byKey.get(`c:${vendor}:${product}`) ?? []) {
      if (!item.cpe) continue;
      seen.add(item.key);
      offerByCpe(row, cpe, text, item as SoftwareItem & { cpe: Cpe }, offer, weigh);
    }
  }

  if (!tells(row.product)) return;
  for (const key of nameKeys(row.vendor, row.product)) {
    const exact = !key.startsWith(':');
    for (const item of byKey.get(`n:${key}`) ?? [])
      if (!seen.has(item.key)) weigh(item, 'name', productName(row.vendor, row.product), item.version, true);
    // Software whose vendor nobody wrote down meets the product by its name alone.
    if (exact) {
      const alone = key.slice(key.indexOf(':'));
      if (alone.length > 5)
        for (const item of byKey.get(`n:${alone}`) ?? [])
          if (!seen.has(item.key)) weigh(item, 'name', productName(row.vendor, row.product), item.version, true);
    }
  }
}

function offerByCpe(
  row: Affected,
  cpe: Cpe,
  text: string,
  item: SoftwareItem & { cpe: Cpe },
  offer: (match: SoftwareMatch) => void,
  weigh: (item: SoftwareItem, rule: Rule, by: string, version: string | undefined, named: boolean) => void,
): void {
  const concrete = cpe.version !== '*' && cpe.version !== '-';
  // All but the version: the part, edition and target must not contradict each other.
  const rest = compareCpe(cpe, item.cpe, concrete ? [] : ['version', 'update']);
  if (rest === 'disjoint') return;
  if (concrete && (rest === 'equal' || rest === 'superset')) {
    // Where the record also lists versions these decide: some write the CPE name of the version that mends it.
    const judged = judgeVersion(row, item.version);
    const range = plainValue(cpe.version);
    if (judged.status !== 'unaffected') {
      offer({ item, rule: 'cpe', grade: 'certain', by: text, range: judged.status === 'affected' ? judged.range : range });
    } else if (judged.range !== undefined || row.versions?.some(({ less_than: end }) => end !== undefined && end === item.version)) {
      weigh(item, 'cpe', text, item.version, false);
    } else offer({ item, rule: 'cpe', grade: 'possible', by: text, range, doubt: 'disagree' });
    return;
  }
  if (concrete && item.cpe.version === '*' && item.version === undefined) {
    offer({ item, rule: 'cpe', grade: 'possible', by: text, range: plainValue(cpe.version), doubt: 'no-version' });
    return;
  }
  weigh(item, 'cpe', text, item.version, false);
}

/** Vendor and product as people say it; a product that names its vendor says it once. */
function productName(vendor: string | undefined, product: string): string {
  return !tells(vendor) || product.toLowerCase().startsWith(vendor.toLowerCase()) ? product : `${vendor} ${product}`;
}

function packageOf(text: string): string | undefined {
  return text.startsWith('pkg:') ? parsePurl(text)?.name : undefined;
}

/** CISA names products loosely and gives no versions: what fits is possible, never certain. */
function matchKev(kev: NonNullable<VulnerableProducts['kev']>, byKey: Index, offer: (match: SoftwareMatch) => void): void {
  if (!tells(kev.product) || !tells(kev.vendor)) return;
  const products = [kev.product, ...kev.product.split(/,| and |\/|;/).map((one) => one.trim())];
  for (const product of new Set(products)) {
    for (const key of nameKeys(kev.vendor, product))
      for (const item of byKey.get(`n:${key}`) ?? [])
        offer({ item, rule: 'kev', grade: 'possible', by: productName(kev.vendor, kev.product), doubt: 'no-range' });
  }
}
