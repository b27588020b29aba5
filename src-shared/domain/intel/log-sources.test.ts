import { describe, expect, it } from 'vitest';
import { logSourceFrom, logSourceName, logStanding, type LogSourceTerms, whatLogBrings } from './log-sources.ts';

const windows = (rest: Omit<LogSourceTerms, 'product'>) => ({ product: 'windows', ...rest });

describe('whether a rule’s log source is there', () => {
  it.each([
    [
      'Sysmon writes process creation',
      ['Sysmon', 'Microsoft-Windows-Sysmon/Operational'],
      windows({ category: 'process_creation' }),
      'runs',
      undefined,
    ],
    ['Sysmon by its service', ['Sysmon', undefined], windows({ service: 'sysmon' }), 'runs', undefined],
    ['Sysmon writes no script blocks', ['Sysmon', undefined], windows({ category: 'ps_script' }), 'missing', undefined],
    ['the security log by its channel', ['Windows', 'Security'], windows({ service: 'security' }), 'runs', undefined],
    [
      'the security log where processes are audited',
      ['Windows', 'Security'],
      windows({ category: 'process_creation' }),
      'perhaps',
      'audited',
    ],
    ['the security log is not the system log', ['Windows', 'Security'], windows({ service: 'system' }), 'missing', undefined],
    [
      'a Windows channel by its own name',
      ['Windows', 'Microsoft-Windows-Bits-Client/Operational'],
      windows({ service: 'bits-client' }),
      'runs',
      undefined,
    ],
    [
      'PowerShell’s modules',
      ['Windows', 'Microsoft-Windows-PowerShell/Operational'],
      windows({ category: 'ps_module' }),
      'runs',
      undefined,
    ],
    ['Windows without saying which log', ['Windows', undefined], windows({ service: 'security' }), 'perhaps', 'which-log'],
    ['another system', ['Windows', 'Security'], { product: 'linux', service: 'auditd' }, 'missing', undefined],
    ['auditd on a distribution', ['Ubuntu', 'auditd'], { product: 'linux', service: 'auditd' }, 'runs', undefined],
    ['a web server for rules of any', ['nginx', 'access'], { category: 'webserver' }, 'runs', undefined],
    ['FortiOS is what Sigma calls FortiGate', ['FortiOS', 'traffic'], { product: 'fortigate', service: 'traffic' }, 'runs', undefined],
    ['a firewall for rules of any', ['FortiOS', 'traffic'], { category: 'firewall' }, 'runs', undefined],
    ['a rule that names nothing', ['Windows', 'Security'], {}, 'missing', undefined],
  ] as const)('%s', (_about, [product, channel], wanted, standing, doubt) =>
    expect(logStanding(wanted, whatLogBrings(product, channel, undefined))).toEqual({ standing, ...(doubt && { doubt }) }),
  );

  it.each([
    ['windows/process_creation', { product: 'windows', category: 'process_creation' }],
    ['Windows/Security', { product: 'windows', service: 'security' }],
    ['windows security', { product: 'windows', service: 'security' }],
    ['Sysmon', { product: 'windows', service: 'sysmon' }],
    ['webserver', { category: 'webserver' }],
    ['nginx', { product: 'nginx' }],
    ['Valechart EHR', { product: 'valechart ehr' }],
    ['aws/cloudtrail', { product: 'aws', service: 'cloudtrail' }],
    ['', { product: '' }],
  ])('reads “%s” from a table', (text, terms) => expect(logSourceFrom(text)).toEqual(terms));

  it('meets itself: what a table names serves the rule of the same name', () => {
    for (const text of [
      'windows/process_creation',
      'windows/security',
      'linux/auditd',
      'webserver',
      'azure/signinlogs',
      'macos/process_creation',
    ]) {
      const terms = logSourceFrom(text);
      expect([text, logStanding(terms, whatLogBrings(terms.product, terms.service, terms.category))]).toEqual([text, { standing: 'runs' }]);
      expect(logSourceName(terms)).toBe(text.replace('/', ' '));
    }
  });
});
