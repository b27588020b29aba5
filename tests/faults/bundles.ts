import { writeFileSync } from 'node:fs';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { generateGraph } from '../bench/generate.ts';

export interface GeneratedBundle {
  readonly path: string;
  readonly ids: readonly string[];
}

const required: Readonly<Record<string, object>> = {
  indicator: { pattern: "[domain-name:value = 'portal.example']", pattern_type: 'stix', valid_from: '2024-01-01T00:00:00Z' },
  malware: { is_family: true },
};

/** A STIX 2.1 bundle on disk: two fifths nodes, three fifths relationships among them, all acceptable. */
export function writeBundle(path: string, objects: number, seed: number): GeneratedBundle {
  const nodes = Math.round(objects * 0.4);
  const graph = generateGraph(nodes, objects - nodes, seed);
  const all: StixObject[] = [...[...graph.objects()].map((object) => ({ ...object, ...required[object.type] })), ...graph.edges()];
  writeFileSync(path, bundleOf(all));
  return { path, ids: all.map(({ id }) => id) };
}

export function bundleOf(objects: readonly object[]): string {
  return JSON.stringify({ type: 'bundle', id: 'bundle--1d3dd9ae-0c3b-4e2e-9d5e-8f5c0f6f0f11', objects });
}
