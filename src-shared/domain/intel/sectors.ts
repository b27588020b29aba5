/** Industry sectors of STIX 2.1 (industry-sector-ov, section 10.11), with other words for them. */
const words: Readonly<Record<string, string>> = {
  agriculture: 'food farming agribusiness',
  aerospace: 'aviation airlines space',
  automotive: 'cars',
  chemical: 'chemicals',
  commercial: '',
  communications: 'media news broadcasting',
  construction: 'engineering',
  defense: 'defence military defense-industrial-base',
  education: 'academia academic universities university schools research higher-education think-tanks',
  energy: 'oil gas oil-and-gas petroleum electricity power nuclear',
  entertainment: 'gaming',
  'financial-services': 'finance financial banks banking bank financial-sector fintech cryptocurrency',
  'government-national':
    'government governments public-sector public-administration government-public-services administration embassies diplomacy political-parties',
  'government-local': 'local-government municipalities',
  healthcare: 'health hospital hospitals medical medicine health-care healthcare-services clinics public-health',
  'hospitality-leisure': 'hospitality hotels hotel tourism travel leisure casinos',
  infrastructure: 'critical-infrastructure',
  insurance: '',
  manufacturing: 'industrial industry industries',
  mining: 'metals',
  'non-profit': 'ngo ngos civil-society non-governmental-organisations non-governmental-organizations humanitarian',
  pharmaceuticals: 'pharma pharmaceutical biotechnology biotech',
  retail: 'e-commerce consumer-goods',
  technology: 'it information-technology high-tech software semiconductors technologies',
  telecommunications: 'telecom telecoms telco telecommunication isp',
  transportation: 'transport logistics maritime shipping rail',
  utilities: 'water utility water-utilities',
  legal: 'law law-firms legal-services',
};

export const sectors = Object.keys(words);

const known: ReadonlyMap<string, string> = new Map(
  Object.entries(words).flatMap(([sector, others]) =>
    [sector, ...others.split(' ').filter((word) => word !== '')].map((word): [string, string] => [word, sector]),
  ),
);

/** The sector that a name means; undefined where it is none of the vocabulary's. `Health sector` is healthcare. */
export function sectorOf(name: string): string | undefined {
  const key = name
    .slice(0, 200)
    .toLowerCase()
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^(?:the|private|public)-(?=\w+-)|-(?:sector|industry|industries|organi[sz]ations?|companies|services)$/g, '')
    .replace(/^-|-$/g, '');
  return known.get(key) ?? known.get(key.replace(/-/g, ' ')) ?? known.get(`${key}-services`);
}

const names = new Intl.DisplayNames('en', { type: 'region' });
let byName: Map<string, string> | undefined;
const spoken: Readonly<Record<string, string>> = {
  usa: 'US',
  'united states of america': 'US',
  america: 'US',
  uk: 'GB',
  'great britain': 'GB',
  britain: 'GB',
  england: 'GB',
  russia: 'RU',
  'russian federation': 'RU',
  'south korea': 'KR',
  'republic of korea': 'KR',
  'north korea': 'KP',
  iran: 'IR',
  syria: 'SY',
  vietnam: 'VN',
  'viet nam': 'VN',
  'czech republic': 'CZ',
  turkey: 'TR',
  'hong kong': 'HK',
  taiwan: 'TW',
  palestine: 'PS',
  'united arab emirates': 'AE',
  uae: 'AE',
  netherlands: 'NL',
  'the netherlands': 'NL',
};

/** ISO 3166-1 alpha-2 of a country's code or English name; undefined for anything else. */
export function countryOf(text: string): string | undefined {
  const name = text.trim().slice(0, 100);
  if (/^[a-z]{2}$/i.test(name)) return regionOf(name);
  if (!byName) {
    byName = new Map();
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    for (const a of letters)
      for (const b of letters) {
        const code = regionOf(a + b);
        if (code === a + b) byName.set((names.of(code) as string).toLowerCase(), code);
      }
  }
  return spoken[name.toLowerCase()] ?? byName.get(name.toLowerCase());
}

/** The code as it is used today (UK is GB); undefined for one that stands for no country. */
function regionOf(code: string): string | undefined {
  const region = new Intl.Locale(`und-${code}`).region;
  const name = region === undefined ? undefined : names.of(region);
  return name === undefined || name === region || /unknown|pseudo/i.test(name) ? undefined : region;
}

export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (names.of(code) ?? code) : code;
}
