/** `value` with an optional prefix length of at most `bits`. */
function withPrefix(value: string, bits: number, isAddress: (address: string) => boolean): boolean {
  const slash = value.indexOf('/');
  if (slash < 0) return isAddress(value);
  const prefix = value.slice(slash + 1);
  return /^(?:0|[1-9]\d{0,2})$/.test(prefix) && Number(prefix) <= bits && isAddress(value.slice(0, slash));
}

function isDotted(address: string): boolean {
  const parts = address.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

export function isIpv4(value: string): boolean {
  return withPrefix(value, 32, isDotted);
}

function isColoned(address: string): boolean {
  if (address.length > 60) return false;
  const [plain = '', zone] = address.split('%', 2);
  if (zone === '') return false;
  const halves = plain.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [at, half] of halves.entries()) {
    if (half === '') continue;
    const parts = half.split(':');
    for (const [index, part] of parts.entries()) {
      const last = at === halves.length - 1 && index === parts.length - 1;
      if (last && part.includes('.')) {
        if (!isDotted(part)) return false;
        groups += 2;
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups++;
      else return false;
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

/** RFC 4291, zone and CIDR prefix allowed. */
export function isIpv6(value: string): boolean {
  return withPrefix(value, 128, isColoned);
}

export function isMacAddress(value: string): boolean {
  return /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/.test(value);
}

/** Labels of at most 63 joined by points, 253 in all; letters of any script (RFC 5890), digits, hyphens within, underscores. */
export function isDomainName(value: string): boolean {
  const name = value.endsWith('.') ? value.slice(0, -1) : value;
  if (name.length === 0 || name.length > 253) return false;
  return name
    .split(/[.\u3002\uff0e\uff61]/)
    .every(
      (label) => label.length <= 63 && /^(?:\*|[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_\u00b7\u200c\u200d-]*[\p{L}\p{M}\p{N}_])?)$/u.test(label),
    );
}

/** One address of RFC 5322 without display name or comments; quoted local parts and address literals allowed. */
export function isEmailAddress(value: string): boolean {
  const at = value.lastIndexOf('@');
  if (at < 1 || value.length > 998) return false;
  const local = value.slice(0, at);
  const domain = value.slice(at + 1);
  const literal = domain.startsWith('[') && domain.endsWith(']') && domain.length > 2;
  const isLocal = /^"(?:[^"\\]|\\.)*"$/.test(local) || /^[^\s"(),:;<>@[\\\]]+$/.test(local);
  return isLocal && (literal || isDomainName(domain));
}
