/** A log source in Sigma's terms (Sigma specification, appendix "taxonomy"); all in small letters. */
export interface LogSourceTerms {
  readonly product?: string | undefined;
  readonly category?: string | undefined;
  readonly service?: string | undefined;
}

/** What a log that somebody has brings, in the same terms. */
export interface LogBrings {
  readonly product?: string | undefined;
  readonly services: readonly string[];
  readonly categories: readonly string[];
  /** Categories that are in it only where auditing or a policy writes them. */
  readonly audited: readonly string[];
}

/** `runs`: the log is there. `perhaps`: it depends on something that nobody told. `missing`: no such log. */
export type LogStanding = 'runs' | 'perhaps' | 'missing';
export type LogDoubt = 'audited' | 'which-log';

const words = (text: string) => text.split(' ');

/** What Sysmon writes, by Sigma's taxonomy (event ids 1 to 29). */
const sysmonWrites = words(
  'process_creation file_change network_connection sysmon_status process_termination driver_load image_load create_remote_thread raw_access_thread process_access file_event registry_add registry_delete registry_set registry_rename registry_event create_stream_hash pipe_created wmi_event dns_query file_delete clipboard_change process_tampering file_block_executable file_block_shredding file_executable_detected sysmon_error',
);
/** Categories that Windows' own security log has where they are audited (events 4688, 4657, 5156). */
const securityAudits = words('process_creation registry_event registry_add registry_set registry_delete network_connection');
const otherCategories = words(
  'antivirus application create_remote_thread database dns edr file_access file_rename file_event firewall process_creation proxy ps_classic_provider_start ps_classic_script ps_classic_start ps_module ps_script webserver',
);
export const logCategories: ReadonlySet<string> = new Set([...sysmonWrites, ...otherCategories]);

/** Windows' channels whose names in Sigma are others than their own last words. */
const channels: readonly (readonly [pattern: RegExp, service: string])[] = [
  [/^windows powershell$|powershell-classic/, 'powershell-classic'],
  [/powershellcore/, 'powershellcore'],
  [/powershell/, 'powershell'],
  [/windows defender/, 'windefend'],
  [/windows firewall/, 'firewall-as'],
  [/msexchange management/, 'msexchange-management'],
  [/wmi-activity/, 'wmi'],
  [/terminalservices-localsessionmanager/, 'terminalservices-localsessionmanager'],
];
const webServers = /^(?:nginx|apache|httpd|iis|tomcat|caddy|lighttpd)\b/;
const proxies = /\b(?:squid|bluecoat|zscaler|proxy)\b/;
const firewalls = /\b(?:fortigate|fortios|pan-os|palo ?alto|asa|checkpoint|firewall|pfsense|opnsense|netscaler)\b/;
const linuxes = /\b(?:linux|ubuntu|debian|centos|rhel|red hat|rocky|alma|suse|sles|fedora)\b/;

/** A log by the words in which people name it: product, channel and perhaps Sigma's own category. */
export function whatLogBrings(product: string | undefined, channel: string | undefined, category: string | undefined): LogBrings {
  const [by, of, kind] = [product, channel, category].map((text) => (text ?? '').trim().toLowerCase().slice(0, 200)) as [
    string,
    string,
    string,
  ];
  const own = kind === '' ? [] : [kind];
  if (/sysmon/.test(by) || /sysmon/.test(of)) {
    const linux = linuxes.test(by);
    return { product: linux ? 'linux' : 'windows', services: ['sysmon'], categories: [...new Set([...own, ...sysmonWrites])], audited: [] };
  }
  if (/^(?:microsoft )?windows\b/.test(by) || of.startsWith('microsoft-windows-')) {
    const service = serviceOf(of);
    const categories = service === 'powershell' ? ['ps_module'] : service === 'powershell-classic' ? ['ps_classic_start'] : [];
    const audited = service === 'security' ? securityAudits : service === 'powershell' ? ['ps_script'] : [];
    return { product: 'windows', services: service === '' ? [] : [service], categories: [...own, ...categories], audited };
  }
  const services = of === '' ? [] : [of];
  if (linuxes.test(by) || /auditd/.test(`${by} ${of}`)) {
    const auditd = /auditd/.test(`${by} ${of}`);
    return { product: 'linux', services: auditd ? ['auditd'] : services, categories: own, audited: auditd ? ['process_creation'] : [] };
  }
  const categories = [
    ...own,
    ...(webServers.test(by) ? ['webserver'] : []),
    ...(proxies.test(`${by} ${of}`) ? ['proxy'] : []),
    ...(firewalls.test(by) ? ['firewall'] : []),
  ];
  return { product: /^forti(?:os|gate)/.test(by) ? 'fortigate' : by === '' ? undefined : by, services, categories, audited: [] };
}

function serviceOf(channel: string): string {
  const named = channels.find(([pattern]) => pattern.test(channel));
  if (named) return named[1];
  return channel.replace(/^microsoft-windows-/, '').replace(/\/(?:operational|admin|analytic)$/, '');
}

/** Whether a rule for a log source could run on a log. */
export function logStanding(wanted: LogSourceTerms, log: LogBrings): { standing: LogStanding; doubt?: LogDoubt } {
  const { product, category, service } = wanted;
  if (product !== undefined && product !== log.product) return { standing: 'missing' };
  if (product === undefined && category === undefined && service === undefined) return { standing: 'missing' };
  if (service !== undefined && !log.services.includes(service)) return unnamed(log);
  if (category !== undefined && !log.categories.includes(category))
    return log.audited.includes(category) ? { standing: 'perhaps', doubt: 'audited' } : unnamed(log);
  return { standing: 'runs' };
}

/** Somebody has logs of the product, without saying which. */
function unnamed({ product, services, categories }: LogBrings): { standing: LogStanding; doubt?: LogDoubt } {
  return product !== undefined && services.length === 0 && categories.length === 0
    ? { standing: 'perhaps', doubt: 'which-log' }
    : { standing: 'missing' };
}

/** A log source as an inventory writes it: `windows/process_creation`, `windows/security`, `sysmon`, `nginx`. */
export function logSourceFrom(text: string): LogSourceTerms {
  const plain = text.trim().toLowerCase().slice(0, 300);
  if (/^(?:microsoft )?sysmon$/.test(plain)) return { product: 'windows', service: 'sysmon' };
  const [product = '', ...rest] = plain.includes('/') && !plain.startsWith('microsoft-windows-') ? plain.split('/') : splitKnown(plain);
  const [first, last] = [product.trim(), rest.join('/').trim()];
  if (last === '') return logCategories.has(first) ? { category: first } : { product: first };
  return { ...(first !== '' && { product: first }), ...(logCategories.has(last) ? { category: last } : { service: last }) };
}

/** `windows security`: of a product that Sigma knows, the word behind it. */
function splitKnown(text: string): string[] {
  const found = /^(windows|linux|macos|azure|aws|gcp|m365|okta|cisco) ([\w.-]{1,100})$/.exec(text);
  return found ? [found[1] as string, found[2] as string] : [text];
}

export function logSourceName({ product, category, service }: LogSourceTerms): string {
  return [product, service, category].filter((part) => part !== undefined && part !== '').join(' ');
}
