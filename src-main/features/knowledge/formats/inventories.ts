import type { Format } from './format.ts';
import { nessus } from './nessus/index.ts';
import { nmap } from './nmap/index.ts';
import { xlsx } from './xlsx/index.ts';

/** Inventories, bills of materials and scanners. */
export const inventories: readonly Format[] = [xlsx, nmap, nessus];
