import { createHash } from 'node:crypto';
import type { Found } from './kinds.ts';
import { topLevel } from './scan-net.ts';

type Scan = (plain: string, isDefanged: (start: number, end: number) => boolean) => Iterable<Found>;

const hashKinds = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' } as const;
const hashPattern = /(?<![0-9a-z_])[0-9a-f]{32,128}(?![0-9a-z_])/gi;

export const hashes: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(hashPattern)) {
    const kind = Object.hasOwn(hashKinds, text.length) ? hashKinds[text.length as keyof typeof hashKinds] : undefined;
    if (!kind || /^(.)\1+$/.test(text)) continue;
    yield { kind, value: text.toLowerCase(), start: index, end: index + text.length };
  }
};

const ssdeepPattern = /(?<![\w:])\d{1,10}:[A-Za-z0-9+/]{6,64}:[A-Za-z0-9+/]{6,64}(?![\w:])/g;

/** Block sizes of ssdeep are 3 times a power of two. */
export const fuzzyHashes: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(ssdeepPattern)) {
    const block = Number(text.slice(0, text.indexOf(':'))) / 3;
    if (block >= 1 && Number.isInteger(Math.log2(block))) yield { kind: 'ssdeep', value: text, start: index, end: index + text.length };
  }
};

const longestPath = 255;
const hives: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
};
const hivePattern = /(?<![\w\\])(?:HKEY_(?:LOCAL_MACHINE|CURRENT_USER|CLASSES_ROOT|USERS|CURRENT_CONFIG)|HK(?:LM|CU|CR|U|CC)):?(?=\\)/g;

export const registryKeys: Scan = function* (plain) {
  for (const { 0: head, index } of plain.matchAll(hivePattern)) {
    const end = endOfPath(plain, index + head.length);
    const hive = head.replace(':', '');
    const value = (hives[hive] ?? hive) + plain.slice(index + head.length, end).replaceAll('\\\\', '\\');
    if (end > index + head.length + 1) yield { kind: 'registry-key', value, start: index, end };
  }
};

const windowsPattern = /(?<![\w\\])(?:[A-Za-z]:(?=\\)|%[A-Za-z_()0-9]{2,30}%(?=\\)|\\\\(?=[\w.-]{1,63}\\))/g;
const unixPattern =
  /(?<![\w/.:~-])\/(?:etc|usr|var|tmp|home|opt|dev|proc|root|s?bin|lib\d{0,2}|mnt|srv|run|boot|sys|data|Users|Library|Applications|System|private)(?:\/[\w.+@%~-]{1,120}){1,20}/g;

export const paths: Scan = function* (plain) {
  for (const { 0: head, index } of plain.matchAll(windowsPattern)) {
    const end = endOfPath(plain, index + head.length);
    const value = plain.slice(index, end);
    if (/\\[^\\]{2,}$/.test(value)) yield { kind: 'file-path', value, start: index, end };
  }
  for (const { 0: text, index } of plain.matchAll(unixPattern)) {
    const value = text.replace(/[.~-]+$/, '');
    yield { kind: 'file-path', value, start: index, end: index + value.length };
  }
};

/** Where a path with backslashes ends: spaces belong to it only before another backslash or within a file's name. */
function endOfPath(plain: string, from: number): number {
  const most = Math.min(plain.length, from + longestPath);
  let end = from;
  let space = -1;
  let spaces = 0;
  let part = from;
  for (; end < most; end++) {
    const letter = plain[end] as string;
    if (/[\r\n\t"<>|*?,;'`:/]/.test(letter)) break;
    if (letter === '\\') {
      space = -1;
      spaces = 0;
      part = end + 1;
    } else if (letter === ' ') {
      if (fileEnds.test(plain.slice(part, end)) || ++spaces > 4) break;
      if (space < 0) space = end;
    }
  }
  if (fileEnds.test(plain.slice(part, end))) return end;
  if (space >= 0) end = space;
  while (end > from && /[.)\]}:]/.test(plain[end - 1] as string)) end--;
  return end;
}

const endings =
  '7z|apk|app|asp|aspx|bak|bat|bin|cab|cfg|chm|cmd|conf|cpl|crx|dat|deb|dll|dmg|doc|docm|docx|dotm|drv|elf|eml|exe|gz|hta|htm|html|img|inf|ini|iso|jar|jpg|js|jse|json|jsp|jspx|lnk|lock|log|mht|msc|msi|msp|ocx|one|pdb|pdf|php|pif|pkg|pl|plist|png|potm|ppam|pps|ppsm|ppt|pptm|pptx|ps1|psd1|psm1|py|pyc|pyd|rar|reg|rpm|rtf|scr|sct|service|sh|sln|so|sql|svg|swf|sys|tar|tgz|tmp|txt|url|vbe|vbs|vhd|vhdx|wim|wll|wsc|wsf|xlam|xll|xls|xlsb|xlsm|xlsx|xml|xsl|yar|zip';
const fileEnds = new RegExp(`\\.(?:${endings})$`, 'i');
const filePattern = new RegExp(`(?<![\\w.\\\\/%@:-])[\\w][\\w.+@()~-]{0,120}\\.(?:${endings})(?![\\w@-]|\\.\\w)`, 'gi');

/** A name that someone defanged is a domain, where its ending allows it: `evil[.]zip`. */
export const fileNames: Scan = function* (plain, isDefanged) {
  for (const { 0: text, index } of plain.matchAll(filePattern)) {
    const end = index + text.length;
    if (isDefanged(index, end) && topLevel.has(text.slice(text.lastIndexOf('.') + 1).toLowerCase())) continue;
    yield { kind: 'file-name', value: text, start: index, end };
  }
};

const base58Pattern = /(?<!\w)[13][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)/g;
const bech32Pattern = /(?<!\w)(?:bc1|BC1)[02-9ac-hj-np-zAC-HJ-NP-Z]{11,71}(?!\w)/g;
const etherPattern = /(?<!\w)0x[0-9a-fA-F]{40}(?!\w)/g;
const moneroPattern = /(?<!\w)[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}(?!\w)/g;

/** Bitcoin addresses with a checksum that is right, Ethereum and Monero ones by their form. */
export const wallets: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(base58Pattern))
    if (hasBase58Checksum(text)) yield { kind: 'crypto-address', value: text, start: index, end: index + text.length };
  for (const { 0: text, index } of plain.matchAll(bech32Pattern))
    if (hasBech32Checksum(text.toLowerCase()))
      yield { kind: 'crypto-address', value: text.toLowerCase(), start: index, end: index + text.length };
  for (const pattern of [etherPattern, moneroPattern])
    for (const { 0: text, index } of plain.matchAll(pattern))
      yield { kind: 'crypto-address', value: text, start: index, end: index + text.length };
};

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function hasBase58Checksum(address: string): boolean {
  let number = 0n;
  for (const letter of address) number = number * 58n + BigInt(base58.indexOf(letter));
  const bytes = Buffer.from(number.toString(16).padStart(50, '0'), 'hex');
  return (
    bytes.length === 25 &&
    sha256(sha256(bytes.subarray(0, 21)))
      .subarray(0, 4)
      .equals(bytes.subarray(21))
  );
}

const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** BIP 173 (constant 1) and BIP 350 (constant 0x2bc830a3). */
function hasBech32Checksum(address: string): boolean {
  const values = [3, 3, 0, 2, 3, ...Array.from(address.slice(3), (letter) => bech32.indexOf(letter))];
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = (((sum & 0x1ffffff) << 5) ^ value) >>> 0;
    for (const [bit, part] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries())
      if ((top >>> bit) & 1) sum = (sum ^ part) >>> 0;
  }
  return sum === 1 || sum === 0x2bc830a3;
}

const cvePattern = /(?<!\w)CVE[-\u2010-\u2014](\d{4})[-\u2010-\u2014](\d{4,19})(?!\w)/gi;
const capecPattern = /(?<!\w)CAPEC[-\u2010-\u2014](\d{1,4})(?!\w)/gi;
const cwePattern = /(?<!\w)CWE[-\u2010-\u2014](\d{1,5})(?!\w)/gi;
const attackPattern = /(?<![\w.])(?:T\d{4}(?:[./]\d{3})?|TA\d{4}|DET\d{4}|AN\d{4}|DC\d{4}|[GSMC]\d{4})(?![\w]|\.\d)/g;

export const catalogueIds: Scan = function* (plain) {
  for (const { 0: text, 1: year = '', 2: number = '', index } of plain.matchAll(cvePattern))
    yield { kind: 'cve', value: `CVE-${year}-${number}`, start: index, end: index + text.length };
  for (const { 0: text, 1: number = '', index } of plain.matchAll(capecPattern))
    yield { kind: 'capec', value: `CAPEC-${Number(number)}`, start: index, end: index + text.length };
  for (const { 0: text, 1: number = '', index } of plain.matchAll(cwePattern))
    yield { kind: 'cwe', value: `CWE-${Number(number)}`, start: index, end: index + text.length };
  for (const { 0: text, index } of plain.matchAll(attackPattern))
    yield { kind: 'attack', value: text.replace('/', '.'), start: index, end: index + text.length };
};
