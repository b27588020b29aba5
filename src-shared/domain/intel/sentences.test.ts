import { expect, it } from 'vitest';
import { reasonSentence } from './sentences.ts';

const pair = { asset: 'Portal', threat: 'CVE-2021-44228' };

it.each([
  [
    { rule: 'cpe', cited: 'Log4j 2.14.1', by: 'cpe:2.3:a:apache:log4j:*', range: 'from 2.0 before 2.15.0' },
    'Portal runs Log4j 2.14.1; CVE-2021-44228 affects cpe:2.3:a:apache:log4j:*: version from 2.0 before 2.15.0.',
  ],
  [
    { rule: 'name', cited: 'Log4j', by: 'Apache Log4j', range: 'before 2.15.0', doubt: 'no-version' },
    'Portal runs Log4j; CVE-2021-44228 affects Apache Log4j: version before 2.15.0. Which version runs here is not known: whether it is affected cannot be told.',
  ],
  [
    { rule: 'cpe', cited: 'Door 1.0', by: 'cpe:2.3:a:acme:door:1.0', range: '1.0', doubt: 'disagree' },
    'Portal runs Door 1.0; CVE-2021-44228 affects cpe:2.3:a:acme:door:1.0: version 1.0. The record’s CPE name holds this version, its list of versions does not.',
  ],
  [
    { rule: 'kev', cited: 'FortiOS 7.0.8', by: 'Fortinet FortiOS', doubt: 'no-range' },
    'Portal runs FortiOS 7.0.8; CISA’s catalogue of exploited vulnerabilities names Fortinet FortiOS for CVE-2021-44228. The source does not say which versions are affected.',
  ],
  [{ rule: 'sector', cited: 'Health sector', by: 'report.json' }, 'CVE-2021-44228 targets your sector: Health sector, says “report.json”.'],
  [{ rule: 'country', value: 'GB' }, 'CVE-2021-44228 targets your country: United Kingdom.'],
])('says why: %j', (said, sentence) => expect(reasonSentence({ ...pair, ...said })).toBe(sentence));
