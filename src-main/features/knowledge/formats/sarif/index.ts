import type { Severity } from '#shared/domain/knowledge/extensions.ts';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { createScan, type Scan, timeOf } from '../assets/scan.ts';
import { scoreOf, severityOf } from '../cvss/index.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';

/** Static Analysis Results Interchange Format, version 2.1.0 (OASIS). */
export const sarif = defineFormat({
  id: 'sarif',
  title: 'SARIF results of code analysis',
  from: ['GitHub CodeQL', 'Semgrep', 'SonarQube', 'Snyk', 'Microsoft Defender for DevOps', 'ESLint'],
  brings:
    'The code base becomes an asset; each result a finding at its file and line, with its rule, level, CWE and ATT&CK taxa, and whether it was suppressed. Code flows and graphs are left out.',
  extensions: ['sarif', 'sarif.json', 'json'],

  detect({ text }) {
    const sketch = sketchJson(text);
    if (
      sketch.root === 'object' &&
      (sketch.text('$schema')?.includes('sarif') || sketch.paths.has('runs[].tool.driver.name')) &&
      sketch.paths.has('runs')
    )
      return { confidence: 0.97, because: 'it has runs of a tool, as SARIF has' };
    return sketch.root === 'object' && /sarif/i.test(sketch.text('$schema') ?? '')
      ? { confidence: 0.9, because: 'its schema is that of SARIF' }
      : { confidence: 0, because: 'it has no runs of a tool' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { value, losses } = await readJson(source.bytes(), { signal: context.signal });
  for (const loss of losses) yield { kind: 'loss', ...loss };
  if (!isObject(value) || !Array.isArray(value.runs))
    throw new ContractError('invalid_input', `“${source.name}” is no SARIF: it has no runs.`);
  const version = textIn(value, 'version');
  if (version !== undefined && !version.startsWith('2.1'))
    throw new ContractError('invalid_input', `“${source.name}” is SARIF ${version.slice(0, 20)}; version 2.1.0 is read.`);
  for (const [index, run] of listIn(value, 'runs').entries()) {
    if (isObject(run)) yield* runItems(run, `runs[${index}]`, source, context);
    else yield { kind: 'rejected', path: `runs[${index}]`, reason: 'it is no run' };
  }
}

interface Run {
  readonly assetId: string;
  readonly at: string | undefined;
  readonly scan: Scan;
  readonly rules: readonly JsonObject[];
  readonly byId: ReadonlyMap<string, JsonObject>;
}

function* runItems(run: JsonObject, path: string, source: Source, context: ReadContext): Generator<Item> {
  const tool = objectIn(run, 'tool');
  const driver = tool && objectIn(tool, 'driver');
  const name = (driver && textIn(driver, 'name'))?.slice(0, 300) ?? 'Code analysis';
  const scan = createScan(context, name, 'x_redoubt_sarif');
  const parts = driver ? [driver, ...(tool ? listIn(tool, 'extensions').filter(isObject) : [])] : [];
  const rules = parts.flatMap((part) => listIn(part, 'rules').filter(isObject));
  const byId = new Map<string, JsonObject>();
  for (const rule of rules) {
    const id = textIn(rule, 'id');
    if (id !== undefined && !byId.has(id)) byId.set(id, rule);
  }
  const invocation = listIn(run, 'invocations').find(isObject);
  const at = timeOf(invocation && (textIn(invocation, 'endTimeUtc') ?? textIn(invocation, 'startTimeUtc')));
  const provenance = listIn(run, 'versionControlProvenance').find(isObject);
  const repository = provenance && textIn(provenance, 'repositoryUri');
  const automation = objectIn(run, 'automationDetails');
  const asset =
    repository?.replace(/^[a-z]+:\/\/(?:[^@/]*@)?/i, '').replace(/\.git\/?$/, '') ?? source.name.replace(/\.(?:sarif|json)+$/gi, '');
  if (!repository)
    yield {
      kind: 'loss',
      path,
      what: `the run does not name its repository; the asset is called “${asset.slice(0, 100)}”, as the file is`,
    };
  const observed: JsonObject = {
    ...some('tool_version', driver && (textIn(driver, 'semanticVersion') ?? textIn(driver, 'version'))),
    ...some('revision', provenance && textIn(provenance, 'revisionId')),
    ...some('branch', provenance && textIn(provenance, 'branch')),
    ...some('repository', repository?.replace(/\/\/[^@/]*@/, '//')),
    ...some('automation_id', automation && textIn(automation, 'id')),
  };
  const assetId = yield* scan.asset({ name: asset.slice(0, 1000) || 'code', assetType: 'code' }, observed, path, at);
  if (assetId === undefined) return;
  let flows = 0;
  for (const [index, result] of listIn(run, 'results').entries()) {
    const where = `${path}.results[${index}]`;
    if (!isObject(result)) yield { kind: 'rejected', path: where, reason: 'it is no result' };
    else {
      if (listIn(result, 'codeFlows').length + listIn(result, 'stacks').length + listIn(result, 'graphs').length > 0) flows++;
      yield* resultItems(result, where, { assetId, at, scan, rules, byId });
    }
  }
  if (flows > 0) yield { kind: 'loss', path, what: `code flows, stacks and graphs of ${flows} results are left out` };
  const faults = invocation ? listIn(invocation, 'toolExecutionNotifications').length : 0;
  if (faults > 0) yield { kind: 'loss', path: `${path}.invocations`, what: `${faults} remarks of the tool on its own run are left out` };
}

const levels: Readonly<Record<string, Severity>> = { error: 'high', warning: 'medium', note: 'low', none: 'info' };

function* resultItems(result: JsonObject, path: string, { assetId, at, scan, rules, byId }: Run): Generator<Item> {
  const reference = objectIn(result, 'rule');
  const index = Number(textIn(result, 'ruleIndex') ?? (reference && textIn(reference, 'index')) ?? -1);
  const told = textIn(result, 'ruleId') ?? (reference && textIn(reference, 'id'));
  // A rule of a part is named `rule/part`.
  const rule =
    (told === undefined ? undefined : (byId.get(told) ?? byId.get(told.split('/')[0] ?? ''))) ?? (index >= 0 ? rules[index] : undefined);
  const ruleId = told ?? (rule && textIn(rule, 'id'));
  if (ruleId === undefined) return yield { kind: 'rejected', path, reason: 'it names no rule' };
  const properties = [objectIn(result, 'properties'), rule && objectIn(rule, 'properties')].filter((one) => one !== undefined);
  const scoreText = properties.map((one) => textIn(one, 'security-severity')).find((text) => text !== undefined);
  const score = scoreText === undefined ? Number.NaN : Number(scoreText);
  const configuration = rule && objectIn(rule, 'defaultConfiguration');
  const kind = textIn(result, 'kind') ?? 'fail';
  const level = textIn(result, 'level') ?? (kind === 'fail' ? ((configuration && textIn(configuration, 'level')) ?? 'warning') : 'none');
  const vector = properties
    .map((one) => scoreOf(textIn(one, 'cvssV3_vector') ?? textIn(one, 'cvss') ?? ''))
    .find((one) => one !== undefined);
  const ranked = vector?.severity ?? (score >= 0 && score <= 10 ? severityOf(score, '3.1') : undefined);
  const severity: Severity = ranked && ranked !== 'none' ? ranked : Object.hasOwn(levels, level) ? (levels[level] as Severity) : 'medium';
  const suppressed = listIn(result, 'suppressions').some((one) => isObject(one) && (textIn(one, 'status') ?? 'accepted') === 'accepted');
  const places = listIn(result, 'locations').flatMap((one) => (isObject(one) ? (placeOf(one) ?? []) : []));
  const message = messageOf(objectIn(result, 'message'), rule);
  const tags = [...properties.flatMap((one) => listIn(one, 'tags')), ...taxaOf(result), ...(rule ? relatedTaxa(rule) : [])].map(String);
  const fingerprint = Object.entries(objectIn(result, 'fingerprints') ?? objectIn(result, 'partialFingerprints') ?? {}).map(
    ([name, text]) => `${name}=${String(text)}`,
  );
  const ruleName = rule && (messageOf(objectIn(rule, 'shortDescription'), undefined) ?? textIn(rule, 'name'));
  const snippet = listIn(result, 'locations').flatMap((one) => (isObject(one) ? (snippetOf(one) ?? []) : []))[0];
  const help = rule && (textIn(rule, 'helpUri') ?? undefined);
  const justification = listIn(result, 'suppressions').flatMap((one) => (isObject(one) ? (textIn(one, 'justification') ?? []) : []))[0];
  yield* scan.finding(
    {
      assetId,
      ruleId,
      name: message ?? ruleName ?? ruleId,
      severity,
      status:
        textIn(result, 'baselineState') === 'absent'
          ? 'fixed'
          : suppressed
            ? 'suppressed'
            : kind === 'pass' || kind === 'notApplicable'
              ? 'not-affected'
              : 'open',
      description: rule && (messageOf(objectIn(rule, 'fullDescription'), undefined) ?? ruleName),
      evidence: snippet,
      solution: rule && messageOf(objectIn(rule, 'help'), undefined),
      location: places[0],
      ...(vector && { vector: vector.vector, score: vector.base_score }),
      cves: [ruleId, ...tags].flatMap((tag) => /CVE-\d{4}-\d{4,7}/i.exec(tag)?.[0] ?? []),
      cwes: tags.flatMap((tag) => {
        const found = /(?:^|[/:])cwe-?0*(\d+)/i.exec(tag)?.[1];
        return found ? [`CWE-${found}`] : [];
      }),
      techniques: tags.flatMap((tag) => /(?:^|[./:])(T\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []),
      fingerprint: fingerprint.sort().join(';').slice(0, 1000),
      lastSeen: at,
      other: {
        level,
        kind,
        ...some('help_uri', help),
        ...some('baseline_state', textIn(result, 'baselineState')),
        ...some('security_severity', scoreText),
        ...some('justification', justification),
        ...(places.length > 1 && { locations: places.slice(0, 100) }),
      },
    },
    path,
  );
}

function placeOf(location: JsonObject): string | undefined {
  const physical = objectIn(location, 'physicalLocation');
  const uri = physical && textIn(objectIn(physical, 'artifactLocation') ?? {}, 'uri');
  const line = physical && textIn(objectIn(physical, 'region') ?? {}, 'startLine');
  if (uri !== undefined) return `${uri.slice(0, 2000)}${line ? `:${line}` : ''}`;
  const logical = listIn(location, 'logicalLocations').find(isObject);
  return logical && (textIn(logical, 'fullyQualifiedName') ?? textIn(logical, 'name'))?.slice(0, 2000);
}

function snippetOf(location: JsonObject): string | undefined {
  const region = objectIn(objectIn(location, 'physicalLocation') ?? {}, 'region');
  return region && textIn(objectIn(region, 'snippet') ?? {}, 'text');
}

/** A message's text, or the rule's own with its arguments put in (section 3.11). */
function messageOf(message: JsonObject | undefined, rule: JsonObject | undefined): string | undefined {
  if (!message) return undefined;
  const id = textIn(message, 'id');
  const template =
    textIn(message, 'text') ??
    (id !== undefined && rule ? textIn(objectIn(objectIn(rule, 'messageStrings') ?? {}, id) ?? {}, 'text') : undefined) ??
    textIn(message, 'markdown');
  const values = listIn(message, 'arguments').map(String);
  return template?.replace(/\{(\d{1,3})\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

function taxaOf(result: JsonObject): Json[] {
  return listIn(result, 'taxa').flatMap((one) => (isObject(one) ? [taxon(one)] : []));
}

function relatedTaxa(rule: JsonObject): Json[] {
  return listIn(rule, 'relationships').flatMap((one) => {
    const target = isObject(one) ? objectIn(one, 'target') : undefined;
    return target ? [taxon(target)] : [];
  });
}

/** `CWE:79`, `ATT&CK:T1059`: the taxonomy's name before the id. */
function taxon(reference: JsonObject): string {
  const id = textIn(reference, 'id') ?? '';
  const component = textIn(objectIn(reference, 'toolComponent') ?? {}, 'name') ?? '';
  return /^\d+$/.test(id) && /cwe/i.test(component) ? `CWE-${id}` : id;
}

function some(name: string, text: string | undefined): JsonObject {
  return text === undefined ? {} : { [name]: text.slice(0, 1000) };
}
