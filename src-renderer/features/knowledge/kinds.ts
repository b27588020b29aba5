import type { Shape } from '#renderer/ui/index.ts';
import type { MessageKey } from '#renderer/messages/index.ts';

/** How a type of object looks and what it is called: the same in lists, legends and the scene. */
export interface Kind {
  readonly shape: Shape;
  /** Name of a colour token. */
  readonly colour: string;
  readonly label?: MessageKey;
}

const kind = (shape: Shape, colour: string, label: MessageKey): Kind => ({ shape, colour: `--kind-${colour}`, label });

export const kinds: Readonly<Record<string, Kind>> = {
  'attack-pattern': kind('square', 'technique', 'kind.attack-pattern'),
  'x-mitre-tactic': kind('bar', 'technique', 'kind.x-mitre-tactic'),
  'x-mitre-matrix': kind('cross', 'technique', 'kind.x-mitre-matrix'),
  'intrusion-set': kind('triangle', 'threat', 'kind.intrusion-set'),
  'threat-actor': kind('triangle', 'threat', 'kind.threat-actor'),
  campaign: kind('star', 'threat', 'kind.campaign'),
  incident: kind('cross', 'threat', 'kind.incident'),
  malware: kind('hexagon', 'tool', 'kind.malware'),
  tool: kind('pentagon', 'tool', 'kind.tool'),
  infrastructure: kind('bar', 'tool', 'kind.infrastructure'),
  'malware-analysis': kind('ring', 'tool', 'kind.malware-analysis'),
  vulnerability: kind('diamond', 'weakness', 'kind.vulnerability'),
  indicator: kind('diamond', 'observed', 'kind.indicator'),
  'observed-data': kind('ring', 'observed', 'kind.observed-data'),
  sighting: kind('star', 'observed', 'kind.sighting'),
  'course-of-action': kind('cross', 'defence', 'kind.course-of-action'),
  'x-redoubt-control': kind('cross', 'defence', 'kind.x-redoubt-control'),
  'x-mitre-detection-strategy': kind('hexagon', 'defence', 'kind.x-mitre-detection-strategy'),
  'x-mitre-analytic': kind('ring', 'defence', 'kind.x-mitre-analytic'),
  'x-mitre-data-component': kind('bar', 'defence', 'kind.x-mitre-data-component'),
  'x-mitre-data-source': kind('pentagon', 'defence', 'kind.x-mitre-data-source'),
  'x-redoubt-log-source': kind('pentagon', 'defence', 'kind.x-redoubt-log-source'),
  'x-redoubt-asset': kind('square', 'asset', 'kind.x-redoubt-asset'),
  'x-mitre-asset': kind('square', 'asset', 'kind.x-mitre-asset'),
  'x-redoubt-finding': kind('triangle', 'weakness', 'kind.x-redoubt-finding'),
  'x-redoubt-data-flow': kind('bar', 'asset', 'kind.x-redoubt-data-flow'),
  identity: kind('circle', 'asset', 'kind.identity'),
  location: kind('ring', 'asset', 'kind.location'),
  software: kind('hexagon', 'asset', 'kind.software'),
  report: kind('bar', 'other', 'kind.report'),
  note: kind('circle', 'other', 'kind.note'),
  opinion: kind('circle', 'other', 'kind.opinion'),
  grouping: kind('ring', 'other', 'kind.grouping'),
  'x-redoubt-warninglist': kind('ring', 'observed', 'kind.x-redoubt-warninglist'),
  'x-redoubt-layer': kind('square', 'other', 'kind.x-redoubt-layer'),
  'x-mitre-collection': kind('ring', 'other', 'kind.x-mitre-collection'),
  artifact: kind('circle', 'observed', 'kind.artifact'),
  'autonomous-system': kind('circle', 'observed', 'kind.autonomous-system'),
  directory: kind('circle', 'observed', 'kind.directory'),
  'domain-name': kind('circle', 'observed', 'kind.domain-name'),
  'email-addr': kind('circle', 'observed', 'kind.email-addr'),
  'email-message': kind('circle', 'observed', 'kind.email-message'),
  file: kind('circle', 'observed', 'kind.file'),
  'ipv4-addr': kind('circle', 'observed', 'kind.ipv4-addr'),
  'ipv6-addr': kind('circle', 'observed', 'kind.ipv6-addr'),
  'mac-addr': kind('circle', 'observed', 'kind.mac-addr'),
  mutex: kind('circle', 'observed', 'kind.mutex'),
  'network-traffic': kind('circle', 'observed', 'kind.network-traffic'),
  process: kind('circle', 'observed', 'kind.process'),
  url: kind('circle', 'observed', 'kind.url'),
  'user-account': kind('circle', 'observed', 'kind.user-account'),
  'windows-registry-key': kind('circle', 'observed', 'kind.windows-registry-key'),
  'x509-certificate': kind('circle', 'observed', 'kind.x509-certificate'),
  relationship: kind('bar', 'other', 'kind.relationship'),
};

const other: Kind = { shape: 'circle', colour: '--kind-other' };

export function kindOf(type: string): Kind {
  return (Object.hasOwn(kinds, type) ? kinds[type] : undefined) ?? other;
}

/** A name in words for types and properties that have none in the catalogue: `x_mitre_data_sources` is "Data sources". */
export function inWords(name: string): string {
  const words = name
    .replace(/^x[-_](?:(?:mitre|redoubt|opencti|misp)[-_])?(?=.)/, '')
    .replaceAll(/[-_]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
