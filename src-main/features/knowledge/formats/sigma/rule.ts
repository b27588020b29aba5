import { canonical } from '#shared/domain/knowledge/canonical.ts';
import { extensionObjectsFor } from '#shared/domain/knowledge/extensions.ts';
import { generatedId, relationshipId } from '#shared/domain/knowledge/identifiers.ts';
import type { Json, JsonObject, StixObject } from '#shared/domain/knowledge/stix.ts';
import { checkObject } from '#shared/domain/knowledge/stix21/index.ts';
import { tlpMarkingId } from '#shared/domain/knowledge/tlp.ts';
import { isUuid } from '#shared/domain/knowledge/uuid.ts';
import type { Item, ReadContext } from '../format.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';
import { logSourceObject, undated, uriOf } from '../linked.ts';
import { placeholderFor } from '../placeholders.ts';
import type { YamlDocument } from './documents.ts';
import { readTag } from './tags.ts';

/** What the documents of one file share. */
export interface SigmaFile {
  readonly context: ReadContext;
  /** Ids of objects that several rules name: each comes once. */
  readonly given: Set<string>;
  /** Rule ids of this file. */
  readonly used: Set<string>;
  /** `name` of a rule -> its indicator, for correlations. */
  readonly named: Map<string, string>;
}

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const levels = new Set(['informational', 'low', 'medium', 'high', 'critical']);
const statuses = new Set(['stable', 'test', 'experimental', 'deprecated', 'unsupported']);

/** What kind of document it is, or why it is none that Sigma knows. */
export function kindOf(rule: JsonObject): 'rule' | 'correlation' | 'filter' | { readonly fault: string; readonly path: string } {
  const title = textIn(rule, 'title');
  if (objectIn(rule, 'correlation')) return title ? 'correlation' : { path: 'title', fault: 'a correlation must have a title' };
  if (objectIn(rule, 'filter')) return title ? 'filter' : { path: 'title', fault: 'a filter must have a title' };
  if (!title) return { path: 'title', fault: 'a rule must have a title' };
  if (!objectIn(rule, 'logsource')) return { path: 'logsource', fault: 'a rule must name its log source (a map)' };
  const detection = objectIn(rule, 'detection');
  if (!detection) return { path: 'detection', fault: 'a rule must have a detection (a map)' };
  if (!Object.hasOwn(detection, 'condition')) return { path: 'detection.condition', fault: 'a detection must have a condition' };
  return 'rule';
}

/** A document as an indicator, its log source, and what its tags name. */
export function* fromRule(file: SigmaFile, { path, text }: YamlDocument, rule: JsonObject): Iterable<Item> {
  const kind = kindOf(rule);
  const ownId = textIn(rule, 'id');
  if (typeof kind === 'object') {
    yield { kind: 'rejected', ...(ownId && { id: ownId.slice(0, 100) }), path: `${path}.${kind.path}`, reason: kind.fault };
    return;
  }
  const losses: { path: string; what: string }[] = [];
  const others: Item[] = [];
  const title = (textIn(rule, 'title') as string).trim().toWellFormed();
  const id = idOf(file, title, ownId, rule, text);
  if (ownId !== undefined && !uuidPattern.test(ownId))
    losses.push({
      path: 'id',
      what: `“${ownId.slice(0, 60)}” is not a UUID; it is kept as text, and the rule is known by its title and log source`,
    });
  const named = textIn(rule, 'name');
  if (named) file.named.set(named, id);
  const tags = texts(rule, 'tags', losses);
  const { phases, markings, targets } = readTags(file, tags, path, losses, others);
  const logSource = logSourceOf(file, rule, path, others);
  const body = objectIn(rule, kind === 'rule' ? 'detection' : kind) as JsonObject;
  const unsupported = kind === 'rule' ? aggregation(body) : undefined;
  if (unsupported)
    losses.push({
      path: 'detection.condition',
      what: `“${unsupported}” is an aggregation of Sigma 1, which Sigma 2 replaced by correlations: kept as it stands, it cannot be run`,
    });
  for (const [name, known] of [
    ['level', levels],
    ['status', statuses],
  ] as const) {
    const value = textIn(rule, name);
    if (value !== undefined && !known.has(value))
      losses.push({ path: name, what: `“${value.slice(0, 60)}” is no ${name} of Sigma; kept as it stands` });
  }
  const ruleRefs = kind === 'rule' ? [] : rulesOf(file, body, `${kind}.rules`, losses);
  const description = textIn(rule, 'description')?.trim();
  const object: StixObject = {
    type: 'indicator',
    spec_version: '2.1',
    id,
    name: title,
    ...(description ? { description } : {}),
    pattern: text.toWellFormed(),
    pattern_type: 'sigma',
    valid_from: day(textIn(rule, 'date')) ?? day(textIn(rule, 'modified')) ?? undated,
    ...(phases.length > 0 ? { kill_chain_phases: phases.map((phase) => ({ kill_chain_name: 'mitre-attack', phase_name: phase })) } : {}),
    ...(markings.length > 0 ? { object_marking_refs: markings } : {}),
    external_references: references(rule, ownId, id, losses),
    x_redoubt_sigma: metadata(rule, kind, unsupported),
    ...(logSource ? { x_redoubt_log_source_ref: logSource } : {}),
    ...(ruleRefs.length > 0 ? { x_redoubt_rule_refs: ruleRefs } : {}),
  };
  const [fault] = checkObject({ ...object, created: undated, modified: undated }).errors;
  if (fault) {
    yield { kind: 'rejected', id, path: `${path}.${fault.path}`, reason: `it makes no valid STIX indicator: ${fault.reason}` };
    return;
  }
  yield* others;
  yield { kind: 'object', object, path, stamp: true };
  for (const { verb, target } of targets) {
    yield {
      kind: 'object',
      object: {
        type: 'relationship',
        spec_version: '2.1',
        id: relationshipId(verb, id, target),
        relationship_type: verb,
        source_ref: id,
        target_ref: target,
      },
      path: `${path}.tags`,
      stamp: true,
    };
  }
  for (const loss of losses) yield { kind: 'loss', id, path: `${path}.${loss.path}`, what: loss.what };
}

/** A rule's UUID is the indicator's; one that only looks like a UUID (no variant of RFC 4122) has one derived from it. */
function indicatorId(uuid: string): string {
  const lower = uuid.toLowerCase();
  return /^.{14}[1-5].{4}[89ab]/.test(lower) ? `indicator--${lower}` : generatedId('indicator', 'sigma', lower);
}

/** A rule is known by its UUID; without one, or where the file uses one twice, by what it is about. */
function idOf(file: SigmaFile, title: string, ownId: string | undefined, rule: JsonObject, text: string): string {
  const first = isUuid(ownId) ? indicatorId(ownId) : generatedId('indicator', 'sigma', title, canonical(objectIn(rule, 'logsource') ?? {}));
  const id = file.used.has(first) ? generatedId('indicator', 'sigma', first, text) : first;
  file.used.add(id);
  return id;
}

function readTags(file: SigmaFile, tags: readonly string[], path: string, losses: { path: string; what: string }[], others: Item[]) {
  const phases: string[] = [];
  const markings: string[] = [];
  const targets = new Map<string, { verb: string; target: string }>();
  const give = (object: StixObject, partial: boolean) => {
    if (file.given.has(object.id)) return false;
    file.given.add(object.id);
    others.push({ kind: 'object', object, path: `${path}.tags`, ...(partial && { partial }) });
    return true;
  };
  for (const [index, text] of tags.entries()) {
    const tag = readTag(text);
    if (tag.kind === 'tactic') {
      if (!phases.includes(tag.phase)) phases.push(tag.phase);
    } else if (tag.kind === 'tlp') {
      const marking = tlpMarking(tag.level);
      give(marking, false);
      if (!markings.includes(marking.id)) markings.push(marking.id);
    } else if (tag.kind === 'attack' || tag.kind === 'cve') {
      const externalId = tag.kind === 'cve' ? tag.cve : tag.externalId;
      const placeholder = placeholderFor(externalId);
      const known = file.context.findByExternalId(externalId);
      const target = known ?? placeholder?.id;
      if (target === undefined) {
        losses.push({ path: `tags[${index}]`, what: `${externalId} is not known in this workspace; kept as a tag without a link` });
        continue;
      }
      if (known === undefined && placeholder && give(placeholder, true) && tag.kind === 'attack')
        losses.push({
          path: `tags[${index}]`,
          what: `${externalId} is not known in this workspace; a placeholder of that name stands for it`,
        });
      // What STIX 2.1 lets an indicator indicate (section 4.7); a tactic, a data source or a CVE it can only be related to.
      const verb = /^(?:attack-pattern|campaign|intrusion-set|malware|tool)--/.test(target) ? 'indicates' : 'related-to';
      targets.set(target, { verb, target });
    }
  }
  return { phases, markings, targets: [...targets.values()] };
}

/** TLP 2.0's definition, as OASIS published it with its extension. */
function tlpMarking(level: Parameters<typeof tlpMarkingId>[0]): StixObject {
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id: tlpMarkingId(level),
    created: '2022-10-01T00:00:00.000Z',
    name: `TLP:${level.toUpperCase()}`,
    extensions: { 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': { extension_type: 'property-extension', tlp_2_0: level } },
  };
}

/** The log source as an object of its own, known by product, category and service; its definition stays with the rule. */
function logSourceOf(file: SigmaFile, rule: JsonObject, path: string, others: Item[]): string | undefined {
  const source = objectIn(rule, 'logsource');
  if (!source) return undefined;
  const [product, category, service] = ['product', 'category', 'service'].map((name) =>
    textIn(source, name)?.trim().toLowerCase().slice(0, 300),
  );
  const object = logSourceObject({ product, category, service });
  if (!object) return undefined;
  if (!file.given.has(object.id)) {
    for (const declaration of extensionObjectsFor([object.type])) {
      if (file.given.has(declaration.id)) continue;
      file.given.add(declaration.id);
      others.push({ kind: 'object', object: declaration, path: `${path}.logsource` });
    }
    file.given.add(object.id);
    others.push({ kind: 'object', object, path: `${path}.logsource`, stamp: true });
  }
  return object.id;
}

/** The rules that a correlation or a filter speaks of, by UUID or by a name in the same file. */
function rulesOf(file: SigmaFile, body: JsonObject, path: string, losses: { path: string; what: string }[]): string[] {
  const given = Object.hasOwn(body, 'rules') ? body['rules'] : undefined;
  const names = (Array.isArray(given) ? given : [given]).filter((name) => typeof name === 'string' && name !== 'any');
  const found = new Set<string>();
  for (const name of names as string[]) {
    const target = file.named.get(name) ?? (isUuid(name) ? indicatorId(name) : undefined);
    if (target) found.add(target);
    else losses.push({ path, what: `the rule “${name.slice(0, 100)}” does not stand in this file; named in the pattern without a link` });
  }
  return [...found];
}

function references(rule: JsonObject, ownId: string | undefined, id: string, losses: { path: string; what: string }[]): JsonObject[] {
  const found: JsonObject[] = [
    { source_name: 'sigma', external_id: ownId && ownId.length <= 300 ? ownId : id.slice('indicator--'.length) },
  ];
  for (const [index, text] of texts(rule, 'references', losses).entries()) {
    const url = uriOf(text);
    if (url) found.push({ source_name: 'sigma', url });
    else found.push({ source_name: 'sigma', description: text.toWellFormed() });
    if (index >= 500) break;
  }
  return found;
}

/** Metadata as Sigma's words have it; the pattern holds the whole document besides. */
function metadata(rule: JsonObject, kind: string, unsupported: string | undefined): JsonObject {
  const entries: [string, Json | undefined][] = [
    ['kind', kind],
    ...['id', 'name', 'status', 'level', 'author', 'date', 'modified', 'license', 'taxonomy'].map((name): [string, Json | undefined] => [
      name,
      textIn(rule, name)?.trim(),
    ]),
    ...['tags', 'references', 'falsepositives', 'fields', 'scope'].map((name): [string, Json | undefined] => [name, texts(rule, name)]),
    ['logsource', filled(objectIn(rule, 'logsource'))],
    ['related', listIn(rule, 'related').flatMap((one) => (isObject(one) ? (filled(one) ?? []) : []))],
    ['unsupported', unsupported],
  ];
  return Object.fromEntries(
    entries.filter(
      (entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== '' && !(Array.isArray(entry[1]) && entry[1].length === 0),
    ),
  );
}

/** The members that are text. STIX knows neither null nor empty lists. */
function filled(value: JsonObject | undefined): JsonObject | undefined {
  const entries = Object.keys(value ?? {}).flatMap((name): [string, string][] => {
    const text = textIn(value as JsonObject, name);
    return text === undefined ? [] : [[name, text]];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** A list of texts, or the one text that stands in its place. */
function texts(rule: JsonObject, name: string, losses?: { path: string; what: string }[]): string[] {
  const given = Object.hasOwn(rule, name) ? rule[name] : undefined;
  if (given === undefined || given === null) return [];
  const list = Array.isArray(given) ? given : [given];
  return list.flatMap((item, index) => {
    if (item !== null && typeof item !== 'object' && String(item).trim() !== '') return [String(item).trim()];
    losses?.push({ path: `${name}[${index}]`, what: 'is no text; kept in the pattern only' });
    return [];
  });
}

/** The part behind `|` of a condition of Sigma 1: `count() by src_ip > 10`, `near …`. */
function aggregation(detection: JsonObject): string | undefined {
  const condition = detection['condition'];
  for (const text of Array.isArray(condition) ? condition : [condition]) {
    const found = typeof text === 'string' ? /\|\s*((?:count|min|max|avg|sum|near)\b.*)$/is.exec(text)?.[1] : undefined;
    if (found) return found.trim().slice(0, 200);
  }
  return undefined;
}

/** `2022-08-04` or `2017/02/19` as a STIX timestamp. */
function day(text: string | undefined): string | undefined {
  const [, year, month, date] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:$|[T ])/.exec(text?.trim() ?? '') ?? [];
  if (!year || !month || !date) return undefined;
  const time = Date.parse(`${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}T00:00:00.000Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}
