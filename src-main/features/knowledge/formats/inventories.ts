import { cyclonedx } from './cyclonedx/index.ts';
import type { Format } from './format.ts';
import { nessus } from './nessus/index.ts';
import { nmap } from './nmap/index.ts';
import { openvas } from './openvas/index.ts';
import { sarif } from './sarif/index.ts';
import { spdx } from './spdx/index.ts';
import { trivy } from './trivy/index.ts';
import { xlsx } from './xlsx/index.ts';

/** Inventories, bills of materials and scanners. */
export const inventories: readonly Format[] = [xlsx, cyclonedx, spdx, nmap, nessus, openvas, trivy, sarif];
