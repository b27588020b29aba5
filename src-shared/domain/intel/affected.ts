import { compareVersions } from './versions.ts';

/** One row of CVE JSON 5.1's `affected[].versions`, in snake case. */
export interface AffectedVersion {
  readonly version: string;
  readonly less_than?: string;
  readonly less_than_or_equal?: string;
  readonly status: string;
  readonly version_type?: string;
}

/** One row of CVE JSON 5.1's `affected`. */
export interface Affected {
  readonly vendor?: string;
  readonly product?: string;
  /** A package URL, or a collection and a name. */
  readonly package?: string;
  readonly cpes?: readonly string[];
  readonly default_status?: string;
  readonly platforms?: readonly string[];
  readonly versions?: readonly AffectedVersion[];
}

export interface VersionJudgement {
  /** `open`: the record or the version at hand does not say enough. */
  readonly status: 'affected' | 'unaffected' | 'open';
  /** Whether the order of the versions is beyond doubt. */
  readonly sure: boolean;
  /** The row that decided, as people write it: `from 2.0 before 2.15.0`. */
  readonly range?: string;
}

const saysNothing = /^(?:n\/a|unspecified|unknown|not specified|none|\*|-|all|any|all versions|)$/i;
const plainDotted = /^v?\d+(?:\.\d+)*$/i;

/**
 * Whether a version is affected, by the rules of the CVE record format (docs/versions.md): the row that holds it
 * decides, else the default status. Where versions are listed, one that no row holds counts as not affected unless
 * the default says otherwise: an unlisted version is no sign of anything.
 */
export function judgeVersion(affected: Affected, version: string | undefined): VersionJudgement {
  const rows = (affected.versions ?? []).slice(0, 2000);
  const byDefault = affected.default_status ?? 'unknown';
  const told = rows.filter(
    (row) => !saysNothing.test(row.version.trim()) || row.less_than !== undefined || row.less_than_or_equal !== undefined,
  );
  if (told.length === 0) {
    // "all versions", or no rows at all: the product as such.
    const whole = rows.find((row) => row.status === 'affected');
    if (byDefault === 'unaffected' && !whole) return { status: 'unaffected', sure: true };
    const every = (whole !== undefined && /^(?:\*|all)/i.test(whole.version)) || (byDefault === 'affected' && rows.length === 0);
    return every ? { status: 'affected', sure: true, range: 'every version' } : { status: 'open', sure: false };
  }
  if (version === undefined || saysNothing.test(version.trim())) {
    const named = told.some((row) => row.status === 'affected') || byDefault === 'affected';
    return { status: named ? 'open' : 'unaffected', sure: false };
  }
  let doubtful: VersionJudgement | undefined;
  for (const row of told) {
    const held = holds(row, version);
    if (held === undefined) {
      if (row.status === 'affected') doubtful ??= { status: 'open', sure: false, range: rangeText(row) };
      continue;
    }
    if (!held.within) continue;
    if (row.status === 'unaffected') return { status: 'unaffected', sure: held.sure, range: rangeText(row) };
    if (row.status === 'affected') return { status: 'affected', sure: held.sure, range: rangeText(row) };
    return { status: 'open', sure: false, range: rangeText(row) };
  }
  if (doubtful) return doubtful;
  return byDefault === 'affected'
    ? { status: 'affected', sure: true, range: 'every version but those listed' }
    : { status: 'unaffected', sure: true };
}

/** Whether a row holds the version; undefined where the order does not tell. */
function holds(row: AffectedVersion, version: string): { within: boolean; sure: boolean } | undefined {
  const kind = row.version_type;
  const upper = row.less_than ?? row.less_than_or_equal;
  if (upper === undefined) {
    const same = compareVersions(version, row.version, kind);
    if (same !== undefined) return { within: same === 0, sure: true };
    return { within: false, sure: false };
  }
  const from = /^(?:0|\*|-|n\/a|unspecified)$/i.test(row.version.trim()) ? 1 : compareVersions(version, row.version, kind);
  const to = upper === '*' ? -1 : compareVersions(version, upper, kind);
  if (from === -1 || to === 1 || (to === 0 && row.less_than !== undefined)) return { within: false, sure: true };
  if (from === undefined || to === undefined) return undefined;
  const ordered = /^(?:semver|rpm|deb|dpkg|maven|python)$/i.test(kind ?? '');
  const plain = [version, row.version, upper].every((text) => plainDotted.test(text) || /^[*-]$/.test(text));
  return { within: true, sure: ordered || plain };
}

export function rangeText(row: AffectedVersion): string {
  const upper = row.less_than ?? row.less_than_or_equal;
  if (upper === undefined) return row.version;
  const from = /^(?:0|\*|-|n\/a|unspecified)$/i.test(row.version.trim()) ? '' : `from ${row.version} `;
  if (upper === '*') return from === '' ? 'every version' : `${from}on`;
  return `${from}${row.less_than === undefined ? 'through' : 'before'} ${upper}`.trim();
}
