import { attackFlow } from './attack-flow/index.ts';
import { attackFlowExport } from './attack-flow/write.ts';
import { capec } from './capec/index.ts';
import { csv } from './csv/index.ts';
import { csvExport } from './csv/write.ts';
import { ctidMapping } from './ctid-mapping/index.ts';
import { cve } from './cve/index.ts';
import type { ExportFormat, Format, Head } from './format.ts';
import { inventories } from './inventories.ts';
import { graphmlExport } from './graphml/write.ts';
import { jsonLdExport } from './json-ld/write.ts';
import { kev } from './kev/index.ts';
import { lolbas } from './lolbas/index.ts';
import { misp } from './misp/index.ts';
import { d3fend } from './d3fend/index.ts';
import { mispGalaxy } from './misp-galaxy/index.ts';
import { mispWarninglist } from './misp-warninglist/index.ts';
import { navigatorLayer } from './navigator-layer/index.ts';
import { navigatorLayerExport } from './navigator-layer/write.ts';
import { sigma } from './sigma/index.ts';
import { stix, stix21 } from './stix/index.ts';
import { taxii } from './taxii/index.ts';

/** What can be read. A new format is a folder and one line here. */
export const formats: readonly Format[] = [
  stix,
  misp,
  kev,
  navigatorLayer,
  csv,
  sigma,
  cve,
  mispWarninglist,
  d3fend,
  capec,
  lolbas,
  mispGalaxy,
  ctidMapping,
  attackFlow,
  ...inventories,
  taxii,
];

/** What can be written. */
export const exportFormats: readonly ExportFormat[] = [
  stix21,
  csvExport,
  navigatorLayerExport,
  attackFlowExport,
  graphmlExport,
  jsonLdExport,
];

/** Below this nothing is recognised; every format stays under it for the others' files. */
const enough = 0.5;

export interface Detected {
  readonly format: Format;
  readonly confidence: number;
  readonly because: string;
}

/** The format that is surest of this content, or undefined where none is sure enough. */
export function detectFormat(head: Head): Detected | undefined {
  let best: Detected | undefined;
  for (const format of formats) {
    const { confidence, because } = format.detect(head);
    if (confidence >= enough && confidence > (best?.confidence ?? 0)) best = { format, confidence, because };
  }
  return best;
}
