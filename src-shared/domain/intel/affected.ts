import { isOneVersion, namesRange, rangesIn, type VersionRange } from './version-words.ts';
import { compareVersions, type Order } from './versions.ts';

/** One row of CVE JSON 5.1's `affected[].versions`, in snake case. */
export interface AffectedVersion {
  readonly version: string;
  readonly less_than?: string;
  readonly less_than_or_equal?: string;
  readonly status: string;
  readonly version_type?: string;
  /** Where within the range the status changes. */
  readonly changes?: readonly { readonly at: string; readonly status: string }[];
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
    const range = rangeText(row);
    const changed = changedStatus(row, version);
    if (changed === undefined) doubtful ??= { status: 'open', sure: false, range };
    else if (changed.status === 'unaffected') return { status: 'unaffected', sure: held.sure && changed.sure, range };
    else if (changed.status === 'affected') return { status: 'affected', sure: held.sure && changed.sure, range };
    else return { status: 'open', sure: false, range };
  }
  if (doubtful) return doubtful;
  return byDefault === 'affected'
    ? { status: 'affected', sure: true, range: 'every version but those listed' }
    : { status: 'unaffected', sure: true };
}

/** The status of a version that the row's range holds: it changes where `changes` say so. Undefined: the order does not tell. */
function changedStatus(
  { changes, status, version_type: kind }: AffectedVersion,
  version: string,
): { status: string; sure: boolean } | undefined {
  let now = { status, sure: true };
  let since: string | undefined;
  const ahead = new Set<string>();
  for (const { at, status: to } of (changes ?? []).slice(0, 200)) {
    const order = compareVersions(version, at, kind);
    if (order === undefined) return undefined;
    if (order === -1) {
      ahead.add(to);
      continue;
    }
    if (since !== undefined && compareVersions(at, since, kind) === -1) continue;
    since = at;
    now = { status: to, sure: ordered(kind) || (plainDotted.test(version) && plainDotted.test(at)) };
  }
  // Said again further on, a change was one of a branch (10.2.7-h8 beside 10.2.9): between the two nobody can tell.
  return since !== undefined && ahead.has(now.status) ? undefined : now;
}

const ordered = (kind: string | undefined) => /^(?:semver|rpm|deb|dpkg|maven|python)$/i.test(kind ?? '');
const openEnd = /^v?(\d+(?:\.\d+)*)\.[*x]$/i;

/** Against an upper bound; `5.15.*` is behind every 5.15 (docs/versions.md of the CVE record format). */
function compareToUpper(version: string, upper: string, kind: string | undefined): Order {
  if (upper === '*') return -1;
  const prefix = openEnd.exec(upper)?.[1];
  if (prefix === undefined) return compareVersions(version, upper, kind);
  const start = version.trim().split('.').slice(0, prefix.split('.').length).join('.');
  return compareVersions(start.replace(/[^\d]+$/, ''), prefix) === 0 ? -1 : compareVersions(version, prefix, kind);
}

/** Whether a row holds the version; undefined where the order does not tell. */
function holds(row: AffectedVersion, version: string): { within: boolean; sure: boolean } | undefined {
  const kind = row.version_type;
  const upper = row.less_than ?? row.less_than_or_equal;
  if (upper !== undefined) {
    const from = openStart.test(row.version.trim()) ? {} : { from: row.version };
    return within({ ...from, to: upper, ...(row.less_than !== undefined && { below: true }) }, version, kind);
  }
  const ranges = isOneVersion(row.version) ? undefined : rangesIn(row.version);
  if (!ranges) {
    const same = namesRange(row.version) ? undefined : compareVersions(version, row.version, kind);
    if (same === undefined && !isOneVersion(row.version)) return undefined;
    return { within: same === 0, sure: same !== undefined };
  }
  let doubt = false;
  for (const range of ranges) {
    const held = within(range, version, kind);
    if (held?.within) return held;
    doubt ||= held === undefined;
  }
  return doubt ? undefined : { within: false, sure: true };
}

function within(
  { from, above, to, below }: VersionRange,
  version: string,
  kind: string | undefined,
): { within: boolean; sure: boolean } | undefined {
  const start = from === undefined ? 1 : compareVersions(version, from, kind);
  const end = to === undefined ? -1 : compareToUpper(version, to, kind);
  if (start === -1 || (start === 0 && above) || end === 1 || (end === 0 && below)) return { within: false, sure: true };
  if (start === undefined || end === undefined) return undefined;
  const plain = [version, from ?? '0', to ?? '0'].every((text) => plainDotted.test(text) || openEnd.test(text) || /^[*-]$/.test(text));
  return { within: true, sure: ordered(kind) || plain };
}

const openStart = /^(?:0|\*|-|n\/a|unspecified)$/i;

export function rangeText(row: AffectedVersion): string {
  const upper = row.less_than ?? row.less_than_or_equal;
  if (upper === undefined) return row.version;
  const from = openStart.test(row.version.trim()) ? '' : `from ${row.version} `;
  if (upper === '*') return from === '' ? 'every version' : `${from}on`;
  return `${from}${row.less_than === undefined ? 'through' : 'before'} ${upper}`.trim();
}
