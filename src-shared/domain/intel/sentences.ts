import { countryName } from './sectors.ts';

interface Said {
  readonly rule: string;
  readonly asset: string;
  readonly threat: string;
  /** Name of what is cited: the software, the finding, the sector. */
  readonly cited?: string | undefined;
  readonly by?: string | undefined;
  readonly value?: string | undefined;
  readonly range?: string | undefined;
  readonly doubt?: string | undefined;
}

const doubts: Readonly<Record<string, string>> = {
  'no-version': ' Which version runs here is not known: whether it is affected cannot be told.',
  order: ' The order of these versions is not certain.',
  name: ' Only the names agree: look whether it is the same product.',
  'no-range': ' The source does not say which versions are affected.',
  disagree: ' The record’s CPE name holds this version, its list of versions does not.',
  private: ' It is a private address, which many networks have.',
};

/** A reason as one or two English sentences; the values in it are as the sources wrote them. */
export function reasonSentence({ rule, asset, threat, cited, by, value, range, doubt }: Said): string {
  const software = cited ?? value ?? 'a product';
  const more = doubt === undefined ? '' : (doubts[doubt] ?? '');
  const source = by === undefined ? '' : `, says “${by}”`;
  const affected = range === undefined ? '' : `: ${range === 'every version' || range.startsWith('every ') ? range : `version ${range}`}`;
  switch (rule) {
    case 'scanner':
      return `A scan or an inventory says outright that ${asset} has ${threat}.`;
    case 'finding':
      return `The open finding “${cited ?? 'without a name'}” on ${asset} names ${threat}.`;
    case 'sbom':
      return `${asset} runs ${software}, which has ${threat} by its bill of materials or a scan.`;
    case 'cpe':
    case 'purl':
    case 'name':
      return `${asset} runs ${software}; ${threat} affects ${by ?? 'it'}${affected}.${more}`;
    case 'kev':
      return `${asset} runs ${software}; CISA’s catalogue of exploited vulnerabilities names ${by ?? 'it'} for ${threat}.${more}`;
    case 'sector':
      return `${threat} targets your sector: ${cited ?? value ?? ''}${source}.`;
    case 'country':
      return `${threat} targets your country: ${cited ?? countryName(value ?? '')}${source}.`;
    case 'named':
      return `${threat} is said to target ${asset} itself${source}.`;
    case 'address':
      return range === undefined
        ? `${value} is an address of ${asset}.${more}`
        : `${value}, an address of ${asset}, lies in ${range}.${more}`;
    case 'host':
      return `${value} is a host name of ${asset}.`;
    case 'warninglist':
      return `The warninglist “${value}” holds it: it may well be harmless.`;
    default:
      return `${threat} may concern ${asset}.`;
  }
}
