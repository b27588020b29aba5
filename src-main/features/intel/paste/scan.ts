import type { Found } from './kinds.ts';
import { refang, type Refanged } from './refang.ts';
import { catalogueIds, fileNames, fuzzyHashes, hashes, paths, registryKeys, wallets } from './scan-host.ts';
import { autonomousSystems, domains, emails, ipv4s, ipv6s, macs, urls } from './scan-net.ts';

/** In this order: what stands inside something found earlier is not found again. */
const scans = [
  urls,
  emails,
  registryKeys,
  paths,
  fuzzyHashes,
  hashes,
  wallets,
  macs,
  ipv6s,
  ipv4s,
  catalogueIds,
  fileNames,
  domains,
  autonomousSystems,
] as const;

export interface Scanned extends Refanged {
  readonly found: readonly Found[];
}

/**
 * Everything in a text that its form alone shows to be an indicator or a catalogue's id, in the order of
 * the text. Each expression is bounded and begins at a border of words, so that time grows with the length.
 */
export function scan(text: string): Scanned {
  const refanged = refang(text);
  const { plain, changed } = refanged;
  const taken = new Uint8Array(plain.length);
  const isDefanged = (start: number, end: number) => changed.subarray(start, end).includes(1);
  const found: Found[] = [];
  for (const one of scans) {
    const now = [...one(plain, isDefanged)].filter(({ start }) => taken[start] === 0);
    for (const hit of now) {
      found.push(hit);
      taken.fill(1, hit.start, hit.end);
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  return { ...refanged, found };
}
