import cvss from 'ae-cvss-calculator';

export interface CvssScore {
  readonly version: '2.0' | '3.0' | '3.1' | '4.0';
  /** As given, without blanks and brackets. */
  readonly vector: string;
  /** 0.0 to 10.0, of the base metrics alone. */
  readonly base_score: number;
  /** The standards' own ranges: none, low, medium, high, critical (CVSS 2.0 has neither none nor critical). */
  readonly severity: 'none' | 'low' | 'medium' | 'high' | 'critical';
}

const prefixed = /^CVSS:(3\.0|3\.1|4\.0)((?:\/[A-Z]{1,3}:[A-Za-z]{1,6}){1,40})$/;
const second = /^(?:CVSS:2\.0\/|CVSS2#)?(A[VC]:[A-Z](?:\/[A-Za-z]{1,3}:[A-Z]{1,3}){4,20})$/;

/**
 * The base score that the vector itself gives, by FIRST's formulas; undefined where it is no complete vector. A file's
 * own score is never taken: lists compare only what was computed in one way.
 */
export function scoreOf(text: string): CvssScore | undefined {
  const vector = text.trim().replace(/^\(|\)$/g, '');
  if (vector.length > 400) return undefined;
  const found = prefixed.exec(vector);
  const old = found ? undefined : second.exec(vector)?.[1];
  const metrics = (found?.[2] ?? `/${old ?? ''}`).slice(1).split('/');
  const names = metrics.map((metric) => metric.slice(0, metric.indexOf(':')));
  // FIRST: a vector that names a metric twice is none.
  if ((!found && old === undefined) || new Set(names).size !== names.length) return undefined;
  const read = readVector(old ?? vector);
  if (!read?.isBaseFullyDefined()) return undefined;
  const version = found ? (found[1] as '3.0' | '3.1' | '4.0') : '2.0';
  const base = version === '4.0' ? baseOfFour(metrics) : read.calculateScores(false).base;
  if (base === undefined || !Number.isFinite(base) || base < 0 || base > 10) return undefined;
  return { version, vector, base_score: base, severity: severityOf(base, version) };
}

function readVector(vector: string) {
  try {
    return cvss.fromVector(vector);
  } catch {
    return undefined;
  }
}

const baseOfCvss4 = new Set('AV AC AT PR UI VC VI VA SC SI SA'.split(' '));

/** CVSS 4.0 scores all metrics together (CVSS-BTE); the base score is that of the base metrics alone (CVSS-B). */
function baseOfFour(metrics: readonly string[]): number | undefined {
  const base = metrics.filter((metric) => baseOfCvss4.has(metric.slice(0, metric.indexOf(':'))));
  return readVector(`CVSS:4.0/${base.join('/')}`)?.calculateScores(false).overall;
}

/** CVSS 3 and 4, section 5 and 6: “Qualitative Severity Rating Scale”; for CVSS 2.0 NVD's ranges. */
export function severityOf(score: number, version: CvssScore['version']): CvssScore['severity'] {
  if (version === '2.0') return score >= 7 ? 'high' : score >= 4 ? 'medium' : 'low';
  if (score >= 9) return 'critical';
  return score >= 7 ? 'high' : score >= 4 ? 'medium' : score > 0 ? 'low' : 'none';
}
