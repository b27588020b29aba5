import { type Severity } from '#shared/domain/knowledge/extensions.ts';
import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { createScan, type Scan, timeOf } from '../assets/scan.ts';
import { type CvssScore, scoreOf } from '../cvss/index.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { inPages } from '../items.ts';
import { sketchJson } from '../json-sketch.ts';
import { readJson } from '../json-stream/index.ts';
import { isObject, listIn, objectIn, textIn } from '../json-values.ts';

/** Reports of Trivy (JSON, schema 2): of images, file systems, repositories and Kubernetes clusters. */
export const trivy = defineFormat({
  id: 'trivy',
  title: 'Trivy report (JSON)',
  from: ['Trivy', 'Trivy Operator', 'Harbor'],
  brings:
    'The image, file system or workload becomes an asset with its packages; vulnerabilities, wrong settings and licences become findings. Secrets are told by place and kind only, never copied.',
  extensions: ['json'],

  detect({ text }) {
    const { paths, text: at } = sketchJson(text);
    if (paths.has('SchemaVersion') && (paths.has('ArtifactName') || paths.has('ArtifactType') || paths.has('Results')))
      return { confidence: 0.97, because: 'it has a SchemaVersion and an artifact, as Trivy’s reports have' };
    if (
      paths.has('ClusterName') &&
      (paths.has('Resources') || paths.has('Vulnerabilities') || paths.has('Misconfigurations') || paths.has('Findings'))
    )
      return { confidence: 0.95, because: 'it has a cluster and its resources, as Trivy’s reports of Kubernetes have' };
    return at('Trivy.Version') === undefined
      ? { confidence: 0, because: 'it has no SchemaVersion and artifact' }
      : { confidence: 0.7, because: 'it names Trivy’s version' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  const { value, losses } = await readJson(source.bytes(), { signal: context.signal });
  for (const loss of losses) yield { kind: 'loss', ...loss };
  if (!isObject(value)) throw notTrivy(source);
  const scan = createScan(context, 'Trivy', 'x_redoubt_trivy');
  const at = timeOf(textIn(value, 'CreatedAt'));
  const cluster = textIn(value, 'ClusterName');
  const version = Number(textIn(value, 'SchemaVersion') ?? (cluster === undefined ? 0 : 2));
  if (cluster !== undefined) {
    for (const kind of ['Resources', 'Vulnerabilities', 'Misconfigurations', 'Findings'])
      for (const [index, one] of listIn(value, kind).entries()) {
        if (!isObject(one)) continue;
        const name = [cluster, textIn(one, 'Namespace'), textIn(one, 'Kind'), textIn(one, 'Name')].filter(Boolean).join('/');
        const observed = { cluster: cluster.slice(0, 300), artifact_type: 'kubernetes' };
        yield* artifact(
          { name: name.slice(0, 1000), type: 'kubernetes', observed, results: listIn(one, 'Results'), path: `${kind}[${index}].`, at },
          scan,
        );
      }
    return;
  }
  if (version !== 2 && version !== 1)
    throw version > 2
      ? new ContractError(
          'invalid_input',
          `“${source.name}” is a report of Trivy in schema ${version}, which is not known; schema 2 is read.`,
        )
      : notTrivy(source);
  const metadata = objectIn(value, 'Metadata');
  const system = metadata && objectIn(metadata, 'OS');
  const type = textIn(value, 'ArtifactType') ?? 'artifact';
  const observed: JsonObject = {
    artifact_type: type.slice(0, 100),
    ...(metadata && textIn(metadata, 'ImageID') ? { image_id: textIn(metadata, 'ImageID') as string } : {}),
    ...(metadata && listIn(metadata, 'RepoTags').length > 0 ? { repo_tags: listIn(metadata, 'RepoTags').slice(0, 50).map(String) } : {}),
    ...(metadata && listIn(metadata, 'RepoDigests').length > 0
      ? { repo_digests: listIn(metadata, 'RepoDigests').slice(0, 50).map(String) }
      : {}),
  };
  const os = system ? [textIn(system, 'Family'), textIn(system, 'Name')].filter(Boolean).join(' ') : undefined;
  const name = textIn(value, 'ArtifactName') ?? source.name;
  yield* artifact({ name: name.slice(0, 1000), type, observed, os, results: listIn(value, 'Results'), path: '', at }, scan);
}

interface Artifact {
  readonly name: string;
  readonly type: string;
  readonly observed: JsonObject;
  readonly os?: string | undefined;
  readonly results: readonly Json[];
  readonly path: string;
  readonly at: string | undefined;
}

function* artifact({ name, type, observed, os, results, path, at }: Artifact, scan: Scan): Generator<Item> {
  const assetId = yield* scan.asset(
    { name, assetType: type.replaceAll('_', ' ').slice(0, 100), operatingSystem: os },
    observed,
    `${path}ArtifactName`,
    at,
  );
  if (assetId === undefined) return;
  for (const [index, result] of results.entries()) {
    const where = `${path}Results[${index}]`;
    if (!isObject(result)) {
      yield { kind: 'rejected', path: where, reason: 'it is no result' };
      continue;
    }
    const target = { assetId, target: (textIn(result, 'Target') ?? '').slice(0, 1000), at };
    const packages = new Map<string, string>();
    for (const [number, one] of listIn(result, 'Packages').entries())
      if (isObject(one)) yield* packageItems(one, `${where}.Packages[${number}]`, target, scan, packages);
    for (const [number, one] of listIn(result, 'Packages').entries())
      if (isObject(one))
        for (const needed of listIn(one, 'DependsOn')) {
          const [from, to] = [packages.get(textIn(one, 'ID') ?? ''), packages.get(String(needed))];
          if (from && to) yield* scan.link('depends-on', from, to, `${where}.Packages[${number}]`);
        }
    const kinds = [
      ['Vulnerabilities', vulnerabilityItems],
      ['Misconfigurations', misconfigurationItems],
      ['Secrets', secretItems],
      ['Licenses', licenseItems],
    ] as const;
    for (const [kind, make] of kinds)
      for (const [number, one] of listIn(result, kind).entries()) {
        const at = `${where}.${kind}[${number}]`;
        if (isObject(one)) yield* make(one, at, target, scan);
        else yield { kind: 'rejected', path: at, reason: 'it is no entry of a report' };
      }
    const hidden = listIn(result, 'ExperimentalModifiedFindings').length;
    if (hidden > 0) yield { kind: 'loss', path: where, what: `${hidden} findings that Trivy was told to pass over are left out` };
    if (listIn(result, 'CustomResources').length > 0) yield { kind: 'loss', path: where, what: 'custom resources are left out' };
  }
}

interface Target {
  readonly assetId: string;
  readonly target: string;
  readonly at: string | undefined;
}

function purlIn(value: JsonObject): string | undefined {
  const identifier = objectIn(value, 'Identifier') ?? objectIn(value, 'PkgIdentifier');
  return identifier && textIn(identifier, 'PURL');
}

function* packageItems(value: JsonObject, path: string, { assetId }: Target, scan: Scan, packages: Map<string, string>): Generator<Item> {
  const licenses = listIn(value, 'Licenses').map(String).slice(0, 100);
  const id = yield* scan.software(
    { name: textIn(value, 'Name'), version: textIn(value, 'Version'), purl: purlIn(value) },
    path,
    licenses.length > 0 ? { x_redoubt_trivy: { licenses } } : undefined,
  );
  if (id === undefined) return yield { kind: 'rejected', path, reason: 'it has no name' };
  const known = textIn(value, 'ID');
  if (known !== undefined) packages.set(known, id);
  yield* scan.link('runs', assetId, id, path);
}

const severityWords: Readonly<Record<string, Severity>> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MEDIUM: 'medium',
  LOW: 'low',
  UNKNOWN: 'info',
};

function severityIn(value: JsonObject): Severity {
  const word = (textIn(value, 'Severity') ?? '').toUpperCase();
  return Object.hasOwn(severityWords, word) ? (severityWords[word] as Severity) : 'info';
}

function* vulnerabilityItems(value: JsonObject, path: string, { assetId, target, at }: Target, scan: Scan): Generator<Item> {
  const id = textIn(value, 'VulnerabilityID');
  if (id === undefined) return yield { kind: 'rejected', path, reason: 'it has no VulnerabilityID' };
  const name = textIn(value, 'PkgName');
  const softwareId = yield* scan.software({ name, version: textIn(value, 'InstalledVersion'), purl: purlIn(value) }, path);
  if (softwareId) yield* scan.link('runs', assetId, softwareId, path);
  const scored = vectorIn(value, textIn(value, 'SeveritySource'));
  const fixed = textIn(value, 'FixedVersion');
  const status = textIn(value, 'Status');
  yield* scan.finding(
    {
      assetId,
      ruleId: id,
      name: textIn(value, 'Title') ?? `${id}${name ? ` in ${name}` : ''}`,
      severity: severityIn(value),
      status:
        status === 'fixed' || status === 'affected' || status === undefined ? 'open' : status === 'not_affected' ? 'not-affected' : 'open',
      description: textIn(value, 'Description'),
      solution: fixed && `Fixed in ${fixed}.`,
      location: textIn(value, 'PkgPath') ?? target,
      ...(scored && { vector: scored.vector, score: scored.base_score }),
      cves: /^CVE-/i.test(id)
        ? [id]
        : listIn(value, 'VendorIDs')
            .map(String)
            .filter((one) => /^CVE-/i.test(one)),
      advisories: [id],
      cwes: listIn(value, 'CweIDs').map(String),
      softwareId,
      fingerprint: softwareId ?? name ?? '',
      lastSeen: at,
      other: {
        ...few(value, [
          'PkgID',
          'InstalledVersion',
          'FixedVersion',
          'Status',
          'SeveritySource',
          'PrimaryURL',
          'PublishedDate',
          'LastModifiedDate',
        ]),
        ...(listIn(value, 'References').length > 0 && {
          references: listIn(value, 'References')
            .slice(0, 100)
            .map((one) => String(one).slice(0, 1000)),
        }),
      },
    },
    path,
  );
}

/** The vector of the source that gave the severity, else NVD's, else the first that can be computed; newest CVSS first. */
function vectorIn(value: JsonObject, source: string | undefined): CvssScore | undefined {
  const all = objectIn(value, 'CVSS');
  if (!all) return undefined;
  for (const name of [source, 'nvd', ...Object.keys(all)]) {
    const one = name === undefined ? undefined : objectIn(all, name);
    for (const vector of one ? ['V40Vector', 'V3Vector', 'V2Vector'] : []) {
      const scored = scoreOf((one && textIn(one, vector)) ?? '');
      if (scored) return scored;
    }
  }
  return undefined;
}

function* misconfigurationItems(value: JsonObject, path: string, { assetId, target, at }: Target, scan: Scan): Generator<Item> {
  const id = textIn(value, 'ID') ?? textIn(value, 'AVDID');
  if (id === undefined) return yield { kind: 'rejected', path, reason: 'it has no ID' };
  const cause = objectIn(value, 'CauseMetadata');
  const line = cause && textIn(cause, 'StartLine');
  const lines = cause ? listIn(objectIn(cause, 'Code') ?? {}, 'Lines') : [];
  const code = lines.flatMap((one) => (isObject(one) && one.IsCause === true ? (textIn(one, 'Content') ?? []) : [])).join('\n');
  yield* scan.finding(
    {
      assetId,
      ruleId: id,
      name: textIn(value, 'Title') ?? id,
      severity: severityIn(value),
      status: textIn(value, 'Status') === 'PASS' ? 'not-affected' : textIn(value, 'Status') === 'EXCEPTION' ? 'suppressed' : 'open',
      description: textIn(value, 'Description'),
      evidence: [textIn(value, 'Message'), code].filter(Boolean).join('\n\n') || undefined,
      solution: textIn(value, 'Resolution'),
      location: line ? `${target}:${line}` : target,
      lastSeen: at,
      other: {
        kind: 'misconfiguration',
        ...few(value, ['Type', 'AVDID', 'Namespace', 'PrimaryURL', 'Status']),
        ...(cause ? few(cause, ['Resource', 'Provider', 'Service']) : {}),
      },
    },
    path,
  );
}

/** Where a secret lies and of what kind it is. What it is stays in the file: `Match` and `Code` are not read. */
function* secretItems(value: JsonObject, path: string, { assetId, target, at }: Target, scan: Scan): Generator<Item> {
  const id = textIn(value, 'RuleID') ?? 'secret';
  const line = textIn(value, 'StartLine');
  yield* scan.finding(
    {
      assetId,
      ruleId: id,
      name: textIn(value, 'Title') ?? 'A secret in clear',
      severity: severityIn(value),
      location: line ? `${target}:${line}` : target,
      description: 'A secret lies here in clear. It is not copied; look it up at its place, replace it and take it out.',
      lastSeen: at,
      cwes: ['CWE-798'],
      other: { kind: 'secret', ...few(value, ['Category', 'RuleID', 'StartLine', 'EndLine']) },
    },
    path,
  );
  yield { kind: 'loss', path, what: 'the text of the secret is not copied' };
}

function* licenseItems(value: JsonObject, path: string, { assetId, target, at }: Target, scan: Scan): Generator<Item> {
  const name = textIn(value, 'Name');
  if (name === undefined) return yield { kind: 'rejected', path, reason: 'it has no name' };
  const of = textIn(value, 'PkgName');
  yield* scan.finding(
    {
      assetId,
      ruleId: `license:${name.slice(0, 300)}`,
      name: `Licence ${name}${of ? ` of ${of}` : ''}`,
      severity: severityIn(value),
      location: textIn(value, 'FilePath') ?? target,
      fingerprint: of,
      lastSeen: at,
      other: { kind: 'license', ...few(value, ['Category', 'Confidence', 'Link']) },
    },
    path,
  );
}

function few(value: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = textIn(value, name);
      return text === undefined ? [] : [[name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase(), text.slice(0, 1000)]];
    }),
  );
}

function notTrivy({ name }: Source): ContractError {
  return new ContractError('invalid_input', `“${name}” is no report of Trivy: it has neither a SchemaVersion nor a cluster.`);
}
