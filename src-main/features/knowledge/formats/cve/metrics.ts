import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { scoreOf } from '../cvss/index.ts';
import { isObject, listIn, textIn } from '../json-values.ts';
import { snaked, timeOf, type Work } from './texts.ts';

export interface Metrics {
  readonly metrics: JsonObject[];
  ssvc: JsonObject | undefined;
  readonly other: JsonObject[];
}

const cvssMembers = ['cvssV4_0', 'cvssV3_1', 'cvssV3_0', 'cvssV2_0'] as const;
const mostMetrics = 200;

/** The `metrics` of one container, added to those before it. `source`: who says so. */
export function addMetrics(work: Work, found: Metrics, container: JsonObject, source: string, path: string): void {
  const list = listIn(container, 'metrics');
  for (const [index, entry] of list.entries()) {
    const at = `${path}.metrics[${index}]`;
    if (!isObject(entry)) {
      work.lose(at, 'not a metric; left out');
      continue;
    }
    if (found.metrics.length + found.other.length >= mostMetrics) {
      work.lose(`${path}.metrics`, `${list.length - index} metrics beyond ${mostMetrics} of one record; left out`);
      return;
    }
    let any = false;
    for (const name of cvssMembers) {
      if (!Object.hasOwn(entry, name)) continue;
      any = true;
      addScore(work, found, entry, name, source, at);
    }
    if (Object.hasOwn(entry, 'other')) {
      any = true;
      addOther(found, entry['other'] as Json, source);
    }
    if (!any) found.other.push({ source, ...(snaked(entry) as JsonObject) });
  }
}

function addScore(work: Work, found: Metrics, entry: JsonObject, name: (typeof cvssMembers)[number], source: string, path: string): void {
  const cvss = entry[name];
  const at = `${path}.${name}`;
  const vector = isObject(cvss) ? textIn(cvss, 'vectorString') : undefined;
  const score = vector === undefined ? undefined : scoreOf(vector);
  if (!isObject(cvss) || !score) {
    const why = vector === undefined ? 'a score without a vector' : `“${vector.slice(0, 120)}” is no complete CVSS vector`;
    work.lose(at, `${why}; kept in x_redoubt_cve.other_metrics, not used as a score`);
    found.other.push({ source, [name === 'cvssV2_0' ? 'cvss_v2_0' : name.replace('V', '_v').toLowerCase()]: snaked(cvss ?? null) });
    return;
  }
  const said = Number(textIn(cvss, 'baseScore'));
  if (Number.isFinite(said) && Math.abs(said - score.base_score) > 0.05)
    work.lose(`${at}.baseScore`, `the file says ${said}, the vector gives ${score.base_score.toFixed(1)}: the vector’s is kept`);
  const scenarios = listIn(entry, 'scenarios').flatMap((one) => (isObject(one) ? (textIn(one, 'value') ?? []) : []));
  const special = scenarios.filter((text) => text.trim().toUpperCase() !== 'GENERAL');
  found.metrics.push({ source, ...score, ...(special.length > 0 ? { scenarios: special } : {}) });
}

/** CISA's decision points (SSVC) become `ssvc`, the newest where there are several; all else is kept in its own words. */
function addOther(found: Metrics, other: Json, source: string): void {
  if (isObject(other) && textIn(other, 'type')?.toLowerCase() === 'ssvc' && isObject(other['content'])) {
    const ssvc = ssvcOf(other['content']);
    if (ssvc) {
      const [before, after] = [found.ssvc, ssvc].map((one) => (typeof one?.['at'] === 'string' ? one['at'] : ''));
      if (found.ssvc === undefined || (after as string) >= (before as string)) found.ssvc = ssvc;
      return;
    }
  }
  found.other.push({ source, ...(isObject(other) ? (snaked(other) as JsonObject) : { value: other }) });
}

function ssvcOf(content: JsonObject): JsonObject | undefined {
  const points = new Map<string, string>();
  for (const option of listIn(content, 'options')) {
    if (!isObject(option)) continue;
    for (const name of Object.keys(option)) {
      const value = textIn(option, name);
      if (value !== undefined) points.set(name.toLowerCase().replaceAll(' ', '_'), value);
    }
  }
  if (points.size === 0) return undefined;
  const at = timeOf(textIn(content, 'timestamp'));
  const role = textIn(content, 'role');
  const version = textIn(content, 'version');
  return {
    ...Object.fromEntries(points),
    ...(at === undefined ? {} : { at }),
    ...(role === undefined ? {} : { role }),
    ...(version === undefined ? {} : { version }),
  };
}
