/** An IPv4 or IPv6 address, with or without a prefix length (192.0.2.7/24). */
export function isIpAddress(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length > 0 || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return false;
  if (isIpv4(address)) return prefix === undefined || Number(prefix) <= 32;
  return isIpv6(address) && (prefix === undefined || Number(prefix) <= 128);
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}

/** RFC 4291, section 2.2: eight groups, one run of zeros as `::`, the last 32 bits perhaps as IPv4. A zone (`%eth0`) is none. */
export function isIpv6(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === '') continue;
    const parts = half.split(':');
    const isLast = index === halves.length - 1;
    for (const [position, part] of parts.entries()) {
      if (isLast && position === parts.length - 1 && part.includes('.')) {
        if (!isIpv4(part)) return false;
        groups += 2;
      } else if (/^[0-9a-f]{1,4}$/i.test(part)) {
        groups++;
      } else {
        return false;
      }
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

export function isMacAddress(text: string): boolean {
  return normalMac(text) !== undefined;
}

/** Lower-case, colons between: the form of STIX' mac-addr. Undefined where it is no MAC address. */
export function normalMac(text: string): string | undefined {
  const plain =
    /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$/i.test(text) ||
    /^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(text) ||
    /^[0-9a-f]{12}$/i.test(text)
      ? text.replace(/[:.-]/g, '').toLowerCase()
      : undefined;
  return plain?.replace(/..(?!$)/g, '$&:');
}
