import tlds from 'tlds' with { type: 'json' };
import { isIpv4, isIpv6 } from '#shared/domain/knowledge/stix21/network-values.ts';
import type { Found } from './kinds.ts';

/** The IANA list, as the package tlds has it, and what is used without standing there (RFC 2606, 6762, 7686, networks of one's own). */
export const topLevel: ReadonlySet<string> = new Set([
  ...tlds,
  ...'bit corp eth example home internal intranet lan local localdomain onion test'.split(' '),
]);
/** Endings that are top-level domains and, far more often in reports, files or programs. */
const asFiles = new Set(
  'app bat bin cab cfg com dat doc dmg exe gz html ini iso jar js json jsp lnk log md mov mp3 mp4 msi pdf php pif pl png ps py rar rs scr sh so sql swf tar tmp txt vbs xml zip'.split(
    ' ',
  ),
);

type Scan = (plain: string, isDefanged: (start: number, end: number) => boolean) => Iterable<Found>;

const urlPattern = /(?<![a-z0-9])(?:https?|ftps?|sftp|tcp|udp|ws|wss|ldaps?|smb|rtsp|socks[45]?):\/\/[^\s<>"'`{}|\\^]{2,2000}/gi;

/** Addresses with a scheme. Brackets and points that close the sentence are no part of them. */
export const urls: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(urlPattern)) {
    const value = withoutTail(text);
    const host = /^[a-z0-9]+:\/\/(?:[^/@]{0,256}@)?(\[[0-9a-f:.]{2,45}\]|[^/:?#]{1,253})/i.exec(value)?.[1];
    if (!host || !isHost(host)) continue;
    yield { kind: 'url', value: canonicalUrl(value), start: index, end: index + value.length };
    const start = index + value.indexOf(host);
    const inner = hostOf(host, start);
    if (inner) yield inner;
  }
};

/** Scheme and host in small letters; the rest is as it was written. */
function canonicalUrl(url: string): string {
  const head = /^[a-z0-9]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? '';
  const at = head.lastIndexOf('@');
  return at < 0 ? head.toLowerCase() + url.slice(head.length) : head.slice(0, at) + head.slice(at).toLowerCase() + url.slice(head.length);
}

function withoutTail(text: string): string {
  let end = text.length;
  for (; end > 0; end--) {
    const last = text[end - 1] as string;
    if (/[.,;:!?*_~…»”’]/.test(last)) continue;
    if (last === ')' && count(text, end, '(') < count(text, end, ')')) continue;
    if (last === ']' && count(text, end, '[') < count(text, end, ']')) continue;
    break;
  }
  return text.slice(0, end);
}

function count(text: string, end: number, letter: string): number {
  let found = 0;
  for (let at = 0; at < end; at++) if (text[at] === letter) found++;
  return found;
}

function isHost(host: string): boolean {
  return host.startsWith('[') ? isIpv6(host.slice(1, -1)) : isIpv4(host) || /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?$/u.test(host);
}

function hostOf(host: string, start: number): Found | undefined {
  if (host.startsWith('[')) return { kind: 'ipv6', value: host.slice(1, -1).toLowerCase(), start: start + 1, end: start + host.length - 1 };
  if (isIpv4(host)) return { kind: 'ipv4', value: host, start, end: start + host.length, ...reserved(host) };
  const last = host.slice(host.lastIndexOf('.') + 1).toLowerCase();
  return host.includes('.') && topLevel.has(last)
    ? { kind: 'domain', value: host.toLowerCase(), start, end: start + host.length }
    : undefined;
}

const emailPattern = /(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}[\p{L}\p{N}-]{1,62}(?![\w@])/gu;

export const emails: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(emailPattern)) {
    const domain = text.slice(text.indexOf('@') + 1).toLowerCase();
    if (!topLevel.has(domain.slice(domain.lastIndexOf('.') + 1)) || /^\.|\.@|\.\./.test(text)) continue;
    yield { kind: 'email', value: text.toLowerCase(), start: index, end: index + text.length };
  }
};

const ipv4Pattern = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2}(?![\d.]))?(?!\w|\.\d|-[a-z])/g;

export const ipv4s: Scan = function* (plain, isDefanged) {
  for (const { 0: text, index } of plain.matchAll(ipv4Pattern)) {
    if (!isIpv4(text)) continue;
    const end = index + text.length;
    const before = plain.slice(Math.max(0, index - 12), index);
    const version = !isDefanged(index, end) && /(?:version|ver\.?|build|release|firmware|v\.?)\s*$/i.test(before);
    yield {
      kind: text.includes('/') ? 'cidr' : 'ipv4',
      value: text,
      start: index,
      end,
      ...(version ? { unsure: 'version' } : reserved(text)),
    };
  }
};

/** Addresses that say nothing outside their own network, or to anyone (RFC 6890). */
function reserved(address: string): { unsure?: string } {
  const [a = 0, b = 0] = address.split('.').map(Number);
  const is =
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168);
  return is ? { unsure: 'reserved' } : {};
}

const ipv6Pattern = /(?<![\w:.])[0-9a-f:]{3,39}(?:(?<=:)\d{1,3}(?:\.\d{1,3}){3})?(?:\/\d{1,3})?(?![\w:])/gi;

export const ipv6s: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(ipv6Pattern)) {
    const colons = count(text, text.length, ':');
    if (colons < 2 || (colons < 7 && !text.includes('::')) || !isIpv6(text) || !/[0-9a-f]/i.test(text)) continue;
    const value = text.toLowerCase();
    const unsure = /^(?:::1?$|fe[89ab]|f[cd]|ff|2001:db8)/.test(value) ? { unsure: 'reserved' } : {};
    yield { kind: text.includes('/') ? 'cidr' : 'ipv6', value, start: index, end: index + text.length, ...unsure };
  }
};

const domainPattern =
  /(?<![\p{L}\p{N}_.@/\\-])(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,62})\.){1,10}(?:xn--[a-z0-9-]{2,58}|\p{L}{2,62})(?![\p{L}\p{N}_@-]|\.[\p{L}\p{N}])/gu;

/** Names whose last label is a top-level domain of the IANA list (as the package tlds has it). */
export const domains: Scan = function* (plain, isDefanged) {
  for (const { 0: text, index } of plain.matchAll(domainPattern)) {
    const end = index + text.length;
    const value = text.toLowerCase();
    const last = value.slice(value.lastIndexOf('.') + 1);
    if (!topLevel.has(last) || value.length > 253 || plain[end] === '(') continue;
    if (isDefanged(index, end)) {
      yield { kind: 'domain', value, start: index, end };
      continue;
    }
    const written = text.slice(text.lastIndexOf('.') + 1);
    if (asFiles.has(last) && last !== 'com') continue;
    // "the network.In March" and "ASP.NET": the letters speak against a domain.
    const oddCase = written !== written.toLowerCase();
    yield { kind: 'domain', value, start: index, end, ...(oddCase ? { unsure: 'case' } : {}) };
  }
};

const macPattern =
  /(?<![\w:.-])(?:[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-])/gi;

export const macs: Scan = function* (plain) {
  for (const { 0: text, index } of plain.matchAll(macPattern)) {
    const value = (
      text
        .toLowerCase()
        .replace(/[^0-9a-f]/g, '')
        .match(/../g) ?? []
    ).join(':');
    yield { kind: 'mac', value, start: index, end: index + text.length };
  }
};

const asPattern = /(?<![\w])ASN? ?(\d{1,10})(?![\w.])/g;

export const autonomousSystems: Scan = function* (plain) {
  for (const { 0: text, 1: digits = '', index } of plain.matchAll(asPattern)) {
    if (Number(digits) > 4_294_967_295 || Number(digits) === 0) continue;
    const unsure = /^AS \d/.test(text) ? { unsure: 'words' } : {};
    yield { kind: 'asn', value: `AS${Number(digits)}`, start: index, end: index + text.length, ...unsure };
  }
};
