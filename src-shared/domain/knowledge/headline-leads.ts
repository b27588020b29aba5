import type { HeadlineFacts } from './headline.ts';
import { clip, day, list, month, noun, thousands, titled, words } from './headline-words.ts';
import type { Json, JsonObject, StixObject } from './stix.ts';

type Describe = (object: StixObject, facts: HeadlineFacts) => string;

/** What an object is, in some words and without a full stop: “sub-technique of …, in Execution, on Windows”. */
export function describeType(facts: HeadlineFacts, object: StixObject): string {
  const describe = Object.hasOwn(leads, facts.type) ? leads[facts.type] : undefined;
  return describe ? describe(object, facts) : joined(noun(facts.type), aka(object));
}

const leads: Readonly<Record<string, Describe>> = {
  'attack-pattern': (object, facts) => {
    const isSub = object.x_mitre_is_subtechnique === true || facts.parent !== undefined;
    const kind = isSub
      ? facts.parent
        ? `sub-technique of ${clip(facts.parent)}`
        : 'sub-technique'
      : isAttack(object)
        ? 'technique'
        : 'attack pattern';
    const tactics = facts.tactics?.length ? facts.tactics.map((tactic) => clip(tactic, 60)) : phases(object).map(titled);
    return joined(kind, optional('in', list(tactics)), on(object));
  },
  campaign: (object) => joined('campaign', aka(object), between(object.first_seen, object.last_seen)),
  'course-of-action': (object) => (isAttack(object) ? 'mitigation' : isD3fend(object) ? 'D3FEND countermeasure' : 'course of action'),
  grouping: (object) => joined('grouping', optional('context', words(text(object.context)))),
  identity: (object) => {
    const sectors = texts(object.sectors).map(words);
    return joined(words(text(object.identity_class)) || 'identity', optional('in', list(sectors)), roles(object));
  },
  incident: () => 'incident',
  indicator: (object) => {
    const kinds = texts(object.indicator_types).map(words);
    const language = text(object.pattern_type);
    return joined(
      'indicator',
      language ? `a ${clip(language, 30)} pattern` : '',
      optional('for', list(kinds)),
      optional('valid from', day(object.valid_from)),
      optional('until', day(object.valid_until)),
    );
  },
  infrastructure: (object) =>
    joined('infrastructure', ofKinds(object.infrastructure_types), aka(object), between(object.first_seen, object.last_seen)),
  'intrusion-set': (object) =>
    joined(
      'group',
      aka(object),
      between(object.first_seen, object.last_seen),
      optional('driven by', words(text(object.primary_motivation))),
    ),
  location: (object) =>
    joined(
      'location',
      optional(
        'in',
        [text(object.city), text(object.region), text(object.country)]
          .filter((part) => part !== '')
          .map((part) => clip(part, 60))
          .join(', '),
      ),
    ),
  malware: (object) =>
    joined(
      object.is_family === false ? 'malware sample' : 'malware family',
      ofKinds(object.malware_types),
      aka(object),
      on(object),
      between(object.first_seen, object.last_seen),
    ),
  'malware-analysis': (object) =>
    joined('malware analysis', optional('by', clip(text(object.product), 60)), optional('with the result', words(text(object.result)))),
  note: (object) => joined('note', optional('by', list(texts(object.authors).map((author) => clip(author, 60))))),
  'observed-data': (object) => {
    const times = typeof object.number_observed === 'number' ? object.number_observed : 0;
    return joined(
      'observation',
      times > 0 ? `seen ${times === 1 ? 'once' : `${thousands(times)} times`}` : '',
      between(object.first_observed, object.last_observed),
    );
  },
  opinion: (object) => joined('opinion', optional('which says', words(text(object.opinion)))),
  relationship: (object, facts) => {
    const [from, to] = ends(object.source_ref, object.target_ref, facts);
    return joined(
      `${from} ${words(text(object.relationship_type)) || 'is related to'} ${to}`,
      between(object.start_time, object.stop_time),
    );
  },
  report: (object) => joined('report', ofKinds(object.report_types), optional('published', day(object.published))),
  sighting: (object, facts) => {
    const times = typeof object.count === 'number' && object.count > 0 ? object.count : 0;
    return joined(
      `sighting of ${nameOfId(object.sighting_of_ref, facts)}`,
      times > 0 ? (times === 1 ? 'once' : `${thousands(times)} times`) : '',
      between(object.first_seen, object.last_seen),
    );
  },
  'threat-actor': (object) =>
    joined('threat actor', ofKinds(object.threat_actor_types), aka(object), roles(object), between(object.first_seen, object.last_seen)),
  tool: (object) => joined('tool', ofKinds(object.tool_types), aka(object), on(object)),
  vulnerability: (object) => {
    const kev = kevOf(object);
    const cve = cveOf(object);
    const score = cve.score ?? (typeof object.x_cvss_score === 'number' ? `CVSS ${object.x_cvss_score}` : '');
    const product = (kev ? [kev.vendor, kev.product] : cve.product).filter((part) => part !== '').map((part) => clip(part, 60));
    const lead = product.length > 0 ? `vulnerability in ${product.join(' ')}` : 'vulnerability';
    if (!kev) return joined(lead, score, cve.rejected ? 'rejected by the CVE list' : '');
    return joined(
      lead,
      score,
      kev.added ? `known to be exploited since ${kev.added}` : 'known to be exploited',
      kev.ransomware ? 'also by ransomware campaigns' : '',
      kev.due ? `to be fixed by ${kev.due}` : '',
    );
  },
  'marking-definition': (object) => {
    const definition = record(object.definition);
    const tlp = text(definition.tlp);
    if (tlp) return `marking TLP:${clip(tlp, 20).toUpperCase()}`;
    const statement = clip(text(definition.statement));
    return statement ? `marking with the statement “${statement}”` : joined('marking', clip(text(object.name)));
  },
  'extension-definition': (object) => joined('declaration of a STIX extension', optional('version', clip(text(object.version), 20))),
  'language-content': (object, facts) => joined(`translation of ${nameOfId(object.object_ref, facts)}`),
  'x-mitre-analytic': (object) => joined('analytic', on(object)),
  'x-mitre-asset': (object) =>
    joined('ICS asset', on(object), optional('in', list(texts(object.x_mitre_sectors).map((sector) => clip(sector, 60))))),
  'x-mitre-collection': (object) =>
    joined('collection', optional('version', clip(text(object.x_mitre_version), 20)), optional('released', day(object.modified))),
  'x-mitre-data-component': (object) => {
    const sources = Array.isArray(object.x_mitre_log_sources) ? object.x_mitre_log_sources.length : 0;
    return joined('data component', sources > 0 ? `found in ${thousands(sources)} ${sources === 1 ? 'log source' : 'log sources'}` : '');
  },
  'x-mitre-data-source': (object) => joined('data source', on(object)),
  'x-mitre-matrix': () => 'ATT&CK matrix',
  'x-mitre-tactic': (object) => joined('tactic', optional('of', domainsOf(object))),
  'x-redoubt-asset': (object) => {
    const kind = words(text(object.asset_type)) || 'asset';
    const criticality = typeof object.criticality === 'number' ? `criticality ${object.criticality} of 5` : '';
    return joined(
      kind,
      optional('in zone', clip(text(object.zone), 60)),
      exposed(text(object.exposure)),
      criticality,
      optional('running', clip(text(object.operating_system), 60)),
      optional('owned by', clip(text(object.owner), 60)),
    );
  },
  'x-redoubt-control': (object) =>
    joined(
      [`control`, clip(text(object.control_id), 40)].filter((part) => part !== '').join(' '),
      optional('of', clip(text(object.framework), 60)),
      words(text(object.status)),
      optional('owned by', clip(text(object.owner), 60)),
    ),
  'x-redoubt-data-flow': (object, facts) => {
    const [from, to] = ends(object.from_ref, object.to_ref, facts);
    const protocols = texts(object.protocols).map((protocol) => clip(protocol, 30));
    const ports = Array.isArray(object.ports) ? object.ports.filter((port) => typeof port === 'number').map(String) : [];
    const over = [optional('over', list(protocols)), optional('on port', list(ports))].filter((part) => part !== '');
    const classes = texts(object.data_classes).map((name) => clip(name, 60));
    return joined(
      `data flow from ${from} to ${to}`,
      over.join(' '),
      optional('carrying', list(classes)),
      said(object.encrypted, 'encrypted', 'not encrypted'),
      said(object.authenticated, 'authenticated', 'not authenticated'),
      object.crosses_boundary === true ? 'across a trust boundary' : '',
    );
  },
  'x-redoubt-finding': (object) =>
    joined(
      [words(text(object.severity)), 'finding'].filter((part) => part !== '').join(' '),
      optional('by', clip(text(object.tool), 60)),
      typeof object.port === 'number' ? `on port ${object.port}` : '',
      optional('in', clip(text(object.location), 80)),
      words(text(object.status)),
    ),
  'x-redoubt-layer': (object) =>
    joined('Navigator layer', optional('of', clip(text(object.domain), 60)), optional('for ATT&CK', clip(text(object.attack_version), 20))),
  'x-redoubt-log-source': (object) => {
    const days = typeof object.retention_days === 'number' ? object.retention_days : undefined;
    return joined(
      'log source',
      optional('of', clip(text(object.product), 60)),
      optional('channel', clip(text(object.channel), 60)),
      said(object.enabled, 'switched on', 'switched off'),
      days === undefined ? '' : `kept for ${thousands(days)} ${days === 1 ? 'day' : 'days'}`,
    );
  },
  'x-redoubt-warninglist': (object) => {
    const count = Array.isArray(object.list) ? object.list.length : 0;
    return joined(
      `warninglist of ${thousands(count)} ${count === 1 ? 'value' : 'values'} that say nothing when they match`,
      optional('compared as', clip(text(object.list_type), 20)),
    );
  },
};

/** Of the CVE record: the score of the newest CVSS version, of several the highest, and the first product. */
function cveOf(object: StixObject): { score?: string; product: string[]; rejected: boolean } {
  const cve = record(object.x_redoubt_cve);
  const metrics = (Array.isArray(cve.metrics) ? cve.metrics : []).map(record).filter((metric) => typeof metric.base_score === 'number');
  const newest = metrics
    .map((metric) => text(metric.version))
    .sort()
    .at(-1);
  const scores = metrics.flatMap(({ version, base_score }) => (version === newest && typeof base_score === 'number' ? [base_score] : []));
  const first = record(Array.isArray(cve.affected) ? cve.affected[0] : undefined);
  return {
    ...(scores.length > 0 ? { score: `CVSS ${Math.max(...scores)}` } : {}),
    product: [text(first.vendor), text(first.product)],
    rejected: cve.state === 'REJECTED',
  };
}

function isD3fend(object: StixObject): boolean {
  const references = Array.isArray(object.external_references) ? object.external_references : [];
  return references.some((reference) => record(reference).source_name === 'mitre-d3fend');
}

/** The facts of CISA's KEV catalogue about a vulnerability, where an import gave some. */
function kevOf(object: StixObject): { added?: string; due?: string; ransomware: boolean; vendor: string; product: string } | undefined {
  const kev = record(object.x_redoubt_kev);
  const added = text(kev.date_added);
  if (added === '') return undefined;
  return {
    added: day(added),
    due: day(kev.due_date),
    ransomware: kev.known_ransomware === true,
    vendor: text(kev.vendor),
    product: text(kev.product),
  };
}

function joined(...parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .reduce((line, part) => `${line}${line === '' ? '' : part.startsWith('of ') ? ' ' : ', '}${part}`, '');
}

function optional(before: string, value: string | undefined): string {
  return value ? `${before} ${value}` : '';
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.map(text).filter((entry) => entry !== '') : [];
}

function record(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function said(value: Json | undefined, yes: string, no: string): string {
  return value === true ? yes : value === false ? no : '';
}

/** Any object of ATT&CK's: their own words apply. */
function isAttack(object: StixObject): boolean {
  return object.x_mitre_domains !== undefined || object.x_mitre_version !== undefined;
}

function phases(object: StixObject): string[] {
  if (!Array.isArray(object.kill_chain_phases)) return [];
  return [...new Set(object.kill_chain_phases.map((phase) => text(record(phase).phase_name)).filter((name) => name !== ''))];
}

function on(object: StixObject): string {
  const platforms = texts(object.x_mitre_platforms).filter((platform) => platform !== 'None');
  return optional('on', list(platforms.map((platform) => clip(platform, 60))));
}

function aka(object: StixObject): string {
  const own = text(object.name).toLowerCase();
  const others = [...new Set([...texts(object.aliases), ...texts(object.x_mitre_aliases)])].filter((alias) => alias.toLowerCase() !== own);
  return others.length > 0
    ? `also known as ${list(
        others.map((alias) => clip(alias, 60)),
        3,
      )}`
    : '';
}

function ofKinds(value: Json | undefined): string {
  const kinds = texts(value)
    .map(words)
    .filter((kind) => kind !== 'unknown');
  return optional('of the kind', list(kinds, 3));
}

function roles(object: StixObject): string {
  const names = texts(object.roles).map(words);
  return optional('acting as', list(names, 3));
}

function between(from: Json | undefined, to: Json | undefined): string {
  const [first, last] = [month(from), month(to)];
  if (first && last) return first === last ? `in ${first}` : `from ${first} to ${last}`;
  return first ? `since ${first}` : last ? `until ${last}` : '';
}

function exposed(exposure: string): string {
  if (exposure === 'internet') return 'reachable from the internet';
  if (exposure === 'partner') return 'reachable by partners';
  if (exposure === 'internal') return 'reachable from inside only';
  return exposure === 'isolated' ? 'isolated' : '';
}

const domainTitles: Readonly<Record<string, string>> = {
  'enterprise-attack': 'ATT&CK Enterprise',
  'mobile-attack': 'ATT&CK Mobile',
  'ics-attack': 'ATT&CK ICS',
};

function domainsOf(object: StixObject): string {
  return list(
    texts(object.x_mitre_domains).map((domain) =>
      Object.hasOwn(domainTitles, domain) ? (domainTitles[domain] ?? domain) : clip(domain, 60),
    ),
  );
}

function ends(from: Json | undefined, to: Json | undefined, facts: HeadlineFacts): [string, string] {
  return [nameOfId(from, facts), nameOfId(to, facts)];
}

/** A name where the facts have one, else what kind of thing the id says. */
function nameOfId(id: Json | undefined, facts: HeadlineFacts): string {
  const value = text(id);
  const name = facts.names && Object.hasOwn(facts.names, value) ? clip(facts.names[value] ?? '') : '';
  if (name !== '') return name;
  const type = value.includes('--') ? value.slice(0, value.indexOf('--')) : '';
  const word = noun(type || 'object');
  return `${/^[aeiouAEIOU]/.test(word) ? 'an' : 'a'} ${word}`;
}
