import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { habits, options, reserved, roomOf, rooms } from './walls.mjs';

const root = join(import.meta.dirname, '../..');
const planted = join('.cache', `planted-${process.pid}`);

/** Rule, file, its text: for each wall a file that goes through it. */
const breaches: [rule: string, file: string, text: string][] = [
  ['shared/domain', 'src-shared/domain/knowledge/disk.ts', `import 'node:fs';`],
  ['shared/domain', 'src-shared/domain/knowledge/clever.ts', `import { parse } from 'csv-parse';`],
  ['shared/domain', 'src-shared/domain/knowledge/upwards.ts', `import type { contract } from '#shared/contract/index.ts';`],
  ['shared/domain', 'src-shared/domain/knowledge/lazy.ts', `export const load = () => import('ws');`],
  ['shared/contract', 'src-shared/contract/wired.ts', `import { serve } from '#shared/transport/serve.ts';`],
  ['shared/transport', 'src-shared/transport/knowing.ts', `import { open } from '../../src-main/features/intel/handlers.ts';`],
  ['shared/transport', 'src-shared/transport/socket.ts', `import { WebSocket } from 'ws';`],
  ['main/platform', 'src-main/platform/jobs/knowing.ts', `import { open } from '../../features/intel/handlers.ts';`],
  ['main/platform', 'src-main/platform/jobs/sql.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/platform', 'src-main/platform/log/window.ts', `import { app } from 'electron';`],
  ['main/platform/database', 'src-main/platform/database/knowing.ts', `export { open } from '../../features/intel/handlers.ts';`],
  ['main/platform/secrets', 'src-main/platform/secrets/window.ts', `import { safeStorage } from 'electron';`],
  ['main/platform/loopback', 'src-main/platform/loopback/sql.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/features', 'src-main/features/coverage/meddling.ts', `import { open } from '../intel/handlers.ts';`],
  ['main/features', 'src-main/features/coverage/inside.ts', `import { open } from '../knowledge/store/rows.ts';`],
  ['main/features', 'src-main/features/coverage/sql.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/features', 'src-main/features/coverage/window.ts', `import { app } from 'electron';`],
  ['main/features/store', 'src-main/features/coverage/store.ts', `import { open } from '../intel/handlers.ts';`],
  ['main/features/store', 'src-main/features/coverage/migrations/0001-a.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/features/paste', 'src-main/features/intel/paste/rows.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/features/formats', 'src-main/features/knowledge/formats/misp/table.ts', `import { parse } from 'csv-parse';`],
  ['main/features/formats', 'src-main/features/knowledge/formats/misp/other.ts', `import { open } from '../../../intel/handlers.ts';`],
  [
    'main/features/formats/d3fend',
    'src-main/features/knowledge/formats/d3fend/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  [
    'main/features/formats/cvss',
    'src-main/features/knowledge/formats/cvss/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  [
    'main/features/formats/xml',
    'src-main/features/knowledge/formats/xml-stream/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  ['main/features/formats/spdx', 'src-main/features/knowledge/formats/spdx/rows.ts', `import { parse } from 'csv-parse';`],
  ['main/features/formats/xlsx', 'src-main/features/knowledge/formats/xlsx/rows.ts', `import { parse } from 'csv-parse';`],
  [
    'main/features/formats/purl',
    'src-main/features/knowledge/formats/purl/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  [
    'main/features/formats/csv',
    'src-main/features/knowledge/formats/csv/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  [
    'main/features/formats/sigma',
    'src-main/features/knowledge/formats/sigma/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  [
    'main/features/import/archives',
    'src-main/features/knowledge/import/archives/rows.ts',
    `import Database from 'better-sqlite3-multiple-ciphers';`,
  ],
  ['main/engine', 'src-main/engine.ts', `import { app } from 'electron';`],
  ['main/entries', 'src-main/entries/reader.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/hosts', 'src-main/hosts/node-host.ts', `import { open } from '../features/intel/handlers.ts';`],
  ['main/doors', 'src-main/headless.ts', `import { app } from 'electron';`],
  ['main/doors', 'src-main/cli.ts', `import { open } from './features/intel/handlers.ts';`],
  ['main/desktop', 'src-main/desktop/sql.ts', `import Database from 'better-sqlite3-multiple-ciphers';`],
  ['main/desktop', 'src-main/desktop/rules.ts', `import { open } from '../features/intel/handlers.ts';`],
  ['main/entry', 'src-main/main.ts', `import { app } from 'electron';`],
  ['main/doors', 'src-main/engine-process.ts', `import { app } from 'electron';`],
  ['preload', 'src-preload/index.ts', `import { contract } from '#shared/contract/index.ts';`],
  ['preload', 'src-preload/disk.ts', `import 'node:fs';`],
  ['renderer/ui', 'src-renderer/ui/button.tsx', `import type { StixId } from '#shared/domain/knowledge/stix.ts';`],
  ['renderer/ui', 'src-renderer/ui/asking.tsx', `import { client } from '../client/client.ts';`],
  ['renderer/scene', 'src-renderer/scene/stage.tsx', `import type { StixId } from '#shared/domain/knowledge/stix.ts';`],
  ['renderer/client', 'src-renderer/client/view.tsx', `import { Panel } from '../features/intel/panel.tsx';`],
  ['renderer/client', 'src-renderer/client/disk.ts', `import { readFileSync } from 'node:fs';`],
  ['renderer/features', 'src-renderer/features/coverage/other.tsx', `import { Panel } from '../intel/panel.tsx';`],
  ['renderer/features', 'src-renderer/features/coverage/inside.tsx', `import { Card } from '../knowledge/card.tsx';`],
  ['renderer/features', 'src-renderer/features/coverage/drawing.tsx', `import { Mesh } from 'three';`],
  ['renderer/features', 'src-renderer/features/coverage/disk.ts', `import { readFileSync } from 'node:fs';`],
  ['renderer/app', 'src-renderer/app/engine.ts', `import { open } from '../../src-main/features/intel/handlers.ts';`],
  ['renderer/app', 'src-renderer/app/drawing.tsx', `import { Mesh } from 'three';`],
  ['renderer/messages', 'src-renderer/messages/asking.ts', `import { client } from '../client/client.ts';`],
  ['server', 'src-server/hub.ts', `import { open } from '../src-main/features/intel/handlers.ts';`],
  ['server', 'src-server/window.ts', `import { app } from 'electron';`],
  ['wire', 'src-main/features/intel/fetching.ts', `import { request } from 'node:https';`],
  ['wire', 'src-main/platform/jobs/look-up.ts', `import { lookup } from 'dns/promises';`],
  ['processes', 'src-main/features/intel/shell.ts', `import { execFile } from 'node:child_process';`],
  ['no room imports tests', 'src-main/platform/log/fake.ts', `import { fake } from './fake.test.ts';`],
  ['no cycles', 'src-main/platform/log/egg.ts', `import './hen.ts';`],
];
/** What the breaches reach for, and what is allowed: none of these may be reported. */
const innocent: [file: string, text: string][] = [
  ['src-main/features/intel/handlers.ts', `export { list } from '../knowledge/index.ts'; export const open = 1;`],
  ['src-main/features/knowledge/index.ts', `export { list } from './store/rows.ts';`],
  ['src-main/features/knowledge/store/rows.ts', `import type { ZodType } from 'zod'; export const list = 1; export const open = 1;`],
  ['src-main/features/knowledge/formats/csv/read.ts', `import { parse } from 'csv-parse';`],
  ['src-main/platform/log/fake.test.ts', `export const fake = 1;`],
  ['src-main/platform/log/hen.ts', `import './egg.ts';`],
  ['src-renderer/client/client.ts', `import { createClient } from '#shared/transport/client.ts'; export const client = 1;`],
  ['src-renderer/features/intel/panel.tsx', `import { Card } from '../knowledge/index.ts'; export const Panel = <p>x</p>;`],
  ['src-renderer/features/knowledge/index.ts', `export { Card } from './card.tsx';`],
  ['src-renderer/features/knowledge/card.tsx', `import { Stage } from '../../scene/index.ts'; export const Card = 1;`],
  ['src-renderer/scene/index.ts', `import { Mesh } from 'three'; export const Stage = 1;`],
];

async function read(folders: string[]) {
  const { output } = await cruise(folders, options as Parameters<typeof cruise>[1]);
  return output as ICruiseResult;
}

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`.replaceAll('\\', '/'));
const houses = readdirSync(root).filter((name) => name.startsWith('src-'));
const sources = houses.flatMap(files).filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'));
const isTest = (file: string) => /\.test\.tsx?$/.test(file);

describe('the walls', () => {
  let house: ICruiseResult;
  let wreck: ICruiseResult;

  beforeAll(async () => {
    process.chdir(root);
    for (const [file, text] of [...breaches.map(([, ...rest]) => rest), ...innocent]) {
      const path = join(planted, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `${text}\n`);
    }
    house = await read(houses);
    wreck = await read([planted]);
  }, 60_000);
  afterAll(() => rmSync(planted, { recursive: true, force: true }));

  it('read every source file', () => {
    const seen = new Set(house.modules.map((module) => module.source));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((file) => !seen.has(file))).toEqual([]);
  });

  it('saw every import that a plain look at the text finds', () => {
    const seen = new Map(house.modules.map((module) => [module.source, new Set(module.dependencies.map((one) => one.module))]));
    const missed = sources.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?:[^;'"]*?\sfrom\s)?'([^']+)';?$/gm)]
        .map(([, name = '']) => name.replace(/^node:/, ''))
        .filter((name) => !seen.get(file)?.has(name) && !seen.get(file)?.has(`node:${name}`))
        .map((name) => `${file}: ${name}`),
    );
    expect(missed).toEqual([]);
  });

  it('stand: no import goes through one', () => {
    expect(house.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
  });

  it('give every file a room', () => {
    expect(sources.filter((file) => !isTest(file) && roomOf(file) === undefined)).toEqual([]);
    expect(roomOf('src-main/utils/strings.ts')).toBeUndefined();
  });

  it.each(breaches)('%s: catches %s', (rule, file) => {
    const found = wreck.summary.violations.filter(({ from }) => from === `${planted.replaceAll('\\', '/')}/${file}`);
    expect(found.map((violation) => violation.rule.name)).toContain(rule);
  });

  it('have a planted breach each', () => {
    const names = [...rooms.map(([name]) => name), ...reserved.map(([name]) => name)];
    expect(names.filter((name) => !breaches.some(([rule]) => rule === name))).toEqual([]);
  });

  it('leave what is allowed alone', () => {
    const caught = new Set(wreck.summary.violations.map(({ from }) => from));
    expect(innocent.map(([file]) => file).filter((file) => caught.has(`${planted.replaceAll('\\', '/')}/${file}`))).toEqual([]);
  });
});

describe('the habits', () => {
  const source = sources.filter((file) => !isTest(file));
  const others = ['tests', 'build']
    .flatMap(files)
    .filter((file) => /\.(?:ts|tsx|mjs)$/.test(file) && !file.startsWith('tests/architecture/'));

  it.each(habits)('$name', ({ where, but, never }) => {
    const offenders = [...sources, ...others]
      .filter((file) => file.startsWith(where) && !(but && new RegExp(but).test(file)) && (where === '' || !isTest(file)))
      .filter((file) => never.test(readFileSync(join(root, file), 'utf8')));
    expect(offenders).toEqual([]);
  });

  it.each([
    ['SQL stays in stores', 'db.prepare(text)'],
    ['SQL stays in stores', 'const text = `SELECT id\n FROM node`'],
    ['shared reads no clock', 'const at = new Date();'],
    ['shared reads no clock', 'Math.random()'],
    ['no bypass of the type checker', '// @ts-ignore'],
    ['no bypass of the type checker', '// @ts-nocheck'],
    ['no HTML from strings', '<b dangerouslySetInnerHTML={x} />'],
    ['no code from strings', 'eval(x)'],
  ])('%s: catches %s', (name, text) => {
    expect(habits.find((habit) => habit.name === name)?.never.test(text)).toBe(true);
  });

  it('files are named in kebab-case, and for what they hold', () => {
    const names = source.flatMap((file) => file.split('/').slice(1));
    expect(names.filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(?:utils?|helpers?|managers?|common|misc)(?:\.|$)/.test(name))).toEqual([]);
  });

  it('no file grows past 400 lines, message catalogues apart', () => {
    const long = source.filter(
      (file) => !file.startsWith('src-renderer/messages/') && readFileSync(join(root, file), 'utf8').split('\n').length > 401,
    );
    expect(long).toEqual([]);
  });
});
