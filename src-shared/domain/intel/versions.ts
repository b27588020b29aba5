/** -1, 0 or 1; undefined where the two cannot be told apart by this order. */
export type Order = -1 | 0 | 1 | undefined;

const longest = 200;
const sign = (number: number): -1 | 0 | 1 => (number < 0 ? -1 : number > 0 ? 1 : 0);

/**
 * Orders two versions as their kind does (CVE JSON 5.1's `versionType`): semver (semver.org 2.0, section 11), rpm
 * (rpmvercmp), deb (Debian policy, section 5.6.12), git (equality alone), else dotted parts with the usual words for
 * what comes before a release. Linear in the length; over 200 characters nothing is said.
 */
export function compareVersions(a: string, b: string, kind?: string): Order {
  if (a.length > longest || b.length > longest) return undefined;
  const [left, right] = [a.trim(), b.trim()];
  if (left === right) return 0;
  switch (kind?.toLowerCase()) {
    case 'git':
      return undefined;
    case 'semver':
      return compareSemver(left, right) ?? compareDotted(left, right);
    case 'rpm':
      return compareEvr(left, right, rpmPart);
    case 'deb':
    case 'dpkg':
      return compareEvr(left, right, debPart);
    default:
      return compareDotted(left, right);
  }
}

const semverPattern = /^[v=]?(\d{1,15})\.(\d{1,15})\.(\d{1,15})(?:-([0-9a-z.-]+))?(?:\+[0-9a-z.-]+)?$/i;

function compareSemver(a: string, b: string): Order {
  const [left, right] = [semverPattern.exec(a), semverPattern.exec(b)];
  if (!left || !right) return undefined;
  for (const at of [1, 2, 3]) {
    const order = sign(Number(left[at]) - Number(right[at]));
    if (order !== 0) return order;
  }
  const [before, other] = [left[4], right[4]];
  if (before === undefined || other === undefined) return before === other ? 0 : before === undefined ? 1 : -1;
  const [parts, others] = [before.split('.'), other.split('.')];
  for (let at = 0; at < Math.max(parts.length, others.length); at++) {
    const [one, two] = [parts[at], others[at]];
    if (one === undefined || two === undefined) return one === undefined ? -1 : 1;
    const [number, numberToo] = [/^\d+$/.test(one), /^\d+$/.test(two)];
    const order = number && numberToo ? compareNumbers(one, two) : number ? -1 : numberToo ? 1 : sign(one < two ? -1 : one > two ? 1 : 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** Digits of any length. */
function compareNumbers(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return left.length !== right.length ? sign(left.length - right.length) : left < right ? -1 : left > right ? 1 : 0;
}

/** Words of a release and of what comes after it; those before it stand in `rank`, in their order. */
const later = ['ga', 'final', 'release', 'p', 'pl', 'patch', 'post', 'sp', 'r', 'u', 'update', 'hotfix', 'hf', 'cu'];
const rank: ReadonlyMap<string, number> = new Map([
  ...[
    ['dev', 'snapshot'],
    ['a', 'alpha'],
    ['b', 'beta'],
    ['m', 'milestone'],
    ['c', 'rc', 'cr', 'pre', 'preview'],
  ].flatMap((words, at) => words.map((word): [string, number] => [word, at - 5])),
  ...['ga', 'final', 'release'].map((word): [string, number] => [word, 0]),
  ...later.slice(3).map((word): [string, number] => [word, 1]),
]);

/** `1.10` after `1.9`, `1.0` as `1`, `1.0-rc1` before `1.0`; words that no list has leave the order open unless they are the same. */
function compareDotted(a: string, b: string): Order {
  const [left, right] = [parts(a), parts(b)];
  if (left.length === 0 || right.length === 0) return undefined;
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, two] = [left[at], right[at]];
    if (one === two) continue;
    const [number, numberToo] = [one === undefined || /^\d/.test(one), two === undefined || /^\d/.test(two)];
    if (number && numberToo) {
      const order = compareNumbers(one ?? '0', two ?? '0');
      if (order !== 0) return order;
      continue;
    }
    const [place, placeToo] = [placeOf(one, left[at + 1]), placeOf(two, right[at + 1])];
    if (place === undefined || placeToo === undefined) return undefined;
    if (place === LETTER && placeToo === LETTER) return (one as string) < (two as string) ? -1 : 1;
    // A letter beside a number (1.0.2k, 1.0.2.1): nobody says which is later.
    if ((place === LETTER && numberToo && two !== undefined) || (placeToo === LETTER && number && one !== undefined)) return undefined;
    if (place !== placeToo) return sign(place - placeToo);
  }
  return 0;
}

/** A single letter after a number, with none behind it: OpenSSL's 1.0.2k is later than 1.0.2. */
const LETTER = 2;

/** Where a part stands to the end of the version (0): words before a release below it, later ones and further numbers above. */
function placeOf(part: string | undefined, next: string | undefined): number | undefined {
  if (part === undefined || /^0*$/.test(part)) return 0;
  if (/^\d/.test(part)) return 3;
  if (part.length === 1 && (next === undefined || !/^\d/.test(next))) return LETTER;
  return rank.get(part);
}

function parts(version: string): string[] {
  const [bare = ''] = version
    .toLowerCase()
    .replace(/^(?:v|version|release)[ .]?(?=\d)/, '')
    .split('+', 1);
  const found = bare.match(/\d+|[a-z]+/g);
  return found && /\d/.test(version) ? found.slice(0, 40) : [];
}

/** epoch:version-release, each part by the given order. */
function compareEvr(a: string, b: string, part: (a: string, b: string) => -1 | 0 | 1): Order {
  const split = (text: string) => {
    const [, epoch = '0', version = '', release] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(text) ?? [];
    return { epoch, version, release };
  };
  const [left, right] = [split(a), split(b)];
  const first = compareNumbers(left.epoch, right.epoch) || part(left.version, right.version);
  if (first !== 0) return first;
  // Without a release on one side, the version alone decides.
  return left.release === undefined || right.release === undefined ? 0 : part(left.release, right.release);
}

/** rpmvercmp: runs of digits or letters, digits after letters, `~` before everything, `^` after the end. */
function rpmPart(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.match(/\d+|[a-z]+|~|\^/gi) ?? [], b.match(/\d+|[a-z]+|~|\^/gi) ?? []];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [one, two] = [left[at], right[at]];
    if (one === two) continue;
    if (one === '~' || two === '~') return one === '~' ? -1 : 1;
    if (one === undefined) return -1;
    if (two === undefined) return 1;
    if (one === '^' || two === '^') return one === '^' ? -1 : 1;
    const [number, numberToo] = [/^\d/.test(one), /^\d/.test(two)];
    if (number !== numberToo) return number ? 1 : -1;
    const order = number ? compareNumbers(one, two) : one < two ? -1 : 1;
    if (order !== 0) return order;
  }
  return 0;
}

/** Debian: turns of non-digits and digits; `~` before the end, letters before other signs. */
function debPart(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.match(/\D*\d*/g) ?? [], b.match(/\D*\d*/g) ?? []];
  const weigh = (letter: string | undefined) => {
    if (letter === '~') return -1;
    if (letter === undefined) return 0;
    return /[a-z]/i.test(letter) ? letter.charCodeAt(0) : letter.charCodeAt(0) + 256;
  };
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [, word = '', digits = ''] = /^(\D*)(\d*)$/.exec(left[at] ?? '') ?? [];
    const [, wordToo = '', digitsToo = ''] = /^(\D*)(\d*)$/.exec(right[at] ?? '') ?? [];
    for (let letter = 0; letter < Math.max(word.length, wordToo.length); letter++) {
      const order = sign(weigh(word[letter]) - weigh(wordToo[letter]));
      if (order !== 0) return order;
    }
    const order = compareNumbers(digits || '0', digitsToo || '0');
    if (order !== 0) return order;
  }
  return 0;
}
