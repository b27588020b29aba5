import type { Json, JsonObject } from '#shared/domain/knowledge/stix.ts';
import { normalMac } from '../csv/addresses.ts';
import type { AssetKeys } from '../format.ts';

/** Names that every machine has. */
const meaningless = new Set(['localhost', 'localhost.localdomain', 'localhost6', 'ip6-localhost', 'unknown', 'host', 'router', 'gateway']);
const several = Symbol('several');

/** Keys -> one asset. A key of which several assets say that it is theirs names none of them, but for an asset number, a full host name. */
export interface AssetIndex {
  add(id: string, keys: AssetKeys): void;
  /** By asset number, host name, MAC, then an IP that one asset alone has. */
  find(keys: AssetKeys): string | undefined;
}

export function createAssetIndex(): AssetIndex {
  const numbers = new Map<string, string>();
  const numbered = new Set<string>();
  const names = new Map<string, string>();
  /** First labels of full names, and bare names: the one matches the other where it is the only one. */
  const shortOfFull = new Map<string, string | typeof several>();
  const macs = new Map<string, string | typeof several>();
  const ips = new Map<string, string | typeof several>();
  const share = (map: Map<string, string | typeof several>, key: string, id: string) => {
    const before = map.get(key);
    map.set(key, before === undefined || before === id ? id : several);
  };
  const one = (found: string | typeof several | undefined) => (typeof found === 'string' ? found : undefined);
  const byKeys = ({ assetId, hostnames = [], macs: addresses = [], ips: internet = [] }: AssetKeys): string | undefined => {
    const number = plain(assetId);
    const byNumber = number === undefined ? undefined : numbers.get(number);
    if (byNumber !== undefined) return byNumber;
    const keys = hostnames.flatMap((hostname) => nameKey(hostname) ?? []);
    for (const key of keys) {
      const found = names.get(key);
      if (found !== undefined) return found;
    }
    for (const key of keys) {
      const label = firstLabel(key);
      const found = label === key ? one(shortOfFull.get(key)) : meaningless.has(label) ? undefined : names.get(label);
      if (found !== undefined) return found;
    }
    for (const address of addresses) {
      const found = one(macs.get(macKey(address) ?? ''));
      if (found !== undefined) return found;
    }
    for (const address of internet) {
      const found = one(ips.get(ipKey(address) ?? ''));
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    add(id, { assetId, hostnames = [], macs: addresses = [], ips: internet = [] }) {
      const number = plain(assetId);
      if (number !== undefined) {
        numbered.add(id);
        if (!numbers.has(number)) numbers.set(number, id);
      }
      for (const hostname of hostnames) {
        const name = nameKey(hostname);
        if (name === undefined) continue;
        if (!names.has(name)) names.set(name, id);
        const label = firstLabel(name);
        if (label !== name && !meaningless.has(label)) share(shortOfFull, label, id);
      }
      for (const address of addresses) {
        const mac = macKey(address);
        if (mac !== undefined) share(macs, mac, id);
      }
      for (const address of internet) {
        const ip = ipKey(address);
        if (ip !== undefined) share(ips, ip, id);
      }
    },
    find(keys) {
      const found = byKeys(keys);
      return found !== undefined && keys.unnumbered && numbered.has(found) ? undefined : found;
    },
  };
}

function plain(text: string | undefined): string | undefined {
  const key = text?.trim().toLowerCase();
  return key ? key : undefined;
}

/** DNS names do not mind case, nor a dot at the end (RFC 1034, section 3.1). */
function nameKey(hostname: string): string | undefined {
  const name = hostname.trim().toLowerCase().replace(/\.$/, '');
  return name === '' || meaningless.has(name) || /^[\d.]+$/.test(name) || name.includes(':') ? undefined : name;
}

function firstLabel(name: string): string {
  const dot = name.indexOf('.');
  return dot <= 0 ? name : name.slice(0, dot);
}

function macKey(address: string): string | undefined {
  const mac = normalMac(address.trim());
  return mac === undefined || mac === '00:00:00:00:00:00' || mac === 'ff:ff:ff:ff:ff:ff' ? undefined : mac;
}

/** A network is nobody's address, nor is the machine's own. */
function ipKey(address: string): string | undefined {
  const ip = (address.trim().toLowerCase().split('%', 1)[0] ?? '').replace(/\/(?:32|128)$/, '');
  return ip === '' || ip.includes('/') || ip.startsWith('127.') || ip === '::1' || ip === '0.0.0.0' || ip === '::' ? undefined : ip;
}

/** All that an asset is known by: what its owner wrote, and what each scanner saw (`x_redoubt_<tool>`). */
export function keysOf(asset: JsonObject): AssetKeys {
  const hostnames = textsOf(asset['hostnames']);
  const macs = textsOf(asset['mac_addresses']);
  const ips = textsOf(asset['ip_addresses']);
  for (const [property, seen] of Object.entries(asset)) {
    if (!property.startsWith('x_redoubt_') || seen === null || typeof seen !== 'object' || Array.isArray(seen)) continue;
    hostnames.push(...textsOf(seen['hostnames']));
    macs.push(...textsOf(seen['mac_addresses']));
    ips.push(...textsOf(seen['ip_addresses']));
  }
  if (typeof asset['name'] === 'string') hostnames.push(asset['name']);
  const assetId = asset['asset_id'];
  return { hostnames, macs, ips, ...(typeof assetId === 'string' && { assetId }) };
}

function textsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
