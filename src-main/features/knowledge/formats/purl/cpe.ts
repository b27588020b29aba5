/**
 * A CPE 2.3 formatted string from one, or from the older URI (`cpe:/a:nginx:nginx:1.25`) by the rules of NIST IR 7695,
 * section 6.1; undefined where the text is neither. Missing parts are `*`.
 */
export function cpeOf(text: string): string | undefined {
  const plain = text.trim();
  if (plain.length > 2000) return undefined;
  if (/^cpe:2\.3:[aho*-](?::|$)/i.test(plain)) {
    const parts = plain.split(/(?<!\\):/);
    if (parts.length > 13) return undefined;
    while (parts.length < 13) parts.push('*');
    return [...parts.slice(0, 2).map((part) => part.toLowerCase()), ...parts.slice(2).map((part) => part || '*')].join(':');
  }
  const uri = /^cpe:\/([aho])(?::|$)(.*)$/i.exec(plain);
  if (!uri) return undefined;
  const parts = (uri[2] ?? '').split(':');
  if (parts.length > 6) return undefined;
  const [vendor, product, version, update, edition = '', language] = parts;
  const packed = edition.startsWith('~') ? edition.split('~').slice(1) : [edition];
  const [plainEdition, software, target, hardware, other] = packed;
  const values = [vendor, product, version, update, plainEdition, language, software, target, hardware, other];
  return `cpe:2.3:${(uri[1] as string).toLowerCase()}:${values.map(formatted).join(':')}`;
}

function formatted(value: string | undefined): string {
  if (!value) return '*';
  if (value === '-') return '-';
  const decoded = value
    .replace(/%(01|02)/g, (_, code: string) => (code === '01' ? '?' : '*'))
    .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => `\\${String.fromCharCode(Number.parseInt(hex, 16))}`);
  return decoded.replace(/(\\.)|([^\w.\-*?\\])/g, (_, escaped: string | undefined, bare: string | undefined) => escaped ?? `\\${bare}`);
}
