import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openHeadFile } from '#main/platform/database/acknowledged.ts';
import { done, importFiles, openWorld, temporaryFolder } from '../faults/world.ts';
import { generateGraph } from './generate.ts';

/*
 * What a copy costs: node tests/bench/backup.ts [nodes] [edges]
 * Time of copying and checking, latency of edits beside it and without it, and what noting each commit costs. JSON on standard output.
 */
const [nodes = 100_000, edges = 500_000] = process.argv.slice(2).map(Number);
const folder = temporaryFolder('bench-backup');
const tell = (line: string) => process.stderr.write(`${line}\n`);
try {
  const bundle = join(folder.path, 'bundle.json');
  const graph = generateGraph(nodes, edges, 1);
  const file = openSync(bundle, 'w');
  writeSync(file, '{"type":"bundle","id":"bundle--1d3dd9ae-0c3b-4e2e-9d5e-8f5c0f6f0f11","objects":[');
  const required: Record<string, object> = {
    indicator: { pattern: "[domain-name:value = 'portal.example']", pattern_type: 'stix', valid_from: '2024-01-01T00:00:00Z' },
    malware: { is_family: true },
  };
  let first: string | undefined;
  for (const object of graph.objects()) {
    writeSync(file, `${first === undefined ? '' : ','}${JSON.stringify({ ...object, ...required[object.type] })}`);
    first ??= object.id;
  }
  for (const edge of graph.edges()) writeSync(file, `,${JSON.stringify(edge)}`);
  writeSync(file, ']}');
  closeSync(file);
  tell('bundle written');
  const dir = join(folder.path, 'workspace');
  const world = await openWorld(dir);
  await importFiles(world.client, [bundle]);
  rmSync(bundle);
  tell('imported');
  const id = first as string;
  const edit = async (n: number) => {
    const began = performance.now();
    await world.client.knowledge.setProperty({ id, property: 'description', value: `edit ${n}` });
    return performance.now() - began;
  };
  const alone: number[] = [];
  for (let n = 0; n < 60; n++) alone.push(await edit(n));
  const beside: number[] = [];
  let most = 0;
  const phases: Record<string, number> = {};
  let phase = 'start';
  let since = performance.now();
  const stop = world.client.jobs.onProgressed(({ detail }) => {
    if (detail === undefined || detail === phase) return;
    phases[phase] = Math.round(performance.now() - since);
    [phase, since] = [detail, performance.now()];
  });
  const began = performance.now();
  let over = false;
  const copy = done(world.client, world.client.admin.createBackup()).finally(() => {
    over = true;
  });
  for (let n = 0; !over; n++) {
    beside.push(await edit(1000 + n));
    most = Math.max(most, largestChild());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await copy;
  stop();
  phases[phase] = Math.round(performance.now() - since);
  const [backup] = (await world.client.admin.listBackups()).backups;
  const head = openHeadFile(join(folder.path, 'head'), new Uint8Array(32));
  const noting = performance.now();
  for (let n = 0; n < 20_000; n++) head.write(n, 'ab'.repeat(32));
  const perCommit = (performance.now() - noting) / 20_000;
  head.close();
  const percentile = (all: number[], share: number) => [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * share)] ?? 0;
  const shown = (all: number[]) => ({
    edits: all.length,
    p50: round(percentile(all, 0.5)),
    p95: round(percentile(all, 0.95)),
    most: round(Math.max(...all)),
  });
  process.stdout.write(
    `${JSON.stringify({ nodes, edges, database: statSync(join(dir, 'workspace.db')).size, copy: backup?.size, seconds: round((performance.now() - began) / 1000), phases, largestProcessMiB: Math.round(most), editsAloneMs: shown(alone), editsBesideMs: shown(beside), notingACommitMs: Number(perCommit.toFixed(4)), state: backup?.state }, null, 2)}\n`,
  );
  await world.close();
} finally {
  folder.remove();
}

function round(value: number) {
  return Math.round(value * 10) / 10;
}

/** Resident memory of the largest process of ours that was started, MiB; Linux only. */
function largestChild(): number {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return Math.max(
      0,
      ...children.map((pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024),
    );
  } catch {
    return 0;
  }
}
