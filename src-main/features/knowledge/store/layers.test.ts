import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bareVulnerability } from '../formats/linked.ts';
import { vulnerabilityId } from '#shared/domain/knowledge/identifiers.ts';
import type { StixObject } from '#shared/domain/knowledge/stix.ts';
import { openDatabase } from '#main/platform/database/database.ts';
import { migrate } from '#main/platform/database/migrate.ts';
import { knowledgeMigrations } from '../migrations/index.ts';
import { decodeObject } from './codec.ts';
import { verifyLog } from './reads/audit.ts';
import type { StoredObject } from './rows.ts';
import { createStore } from './store.ts';
import type { Incoming } from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'redoubt-layers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

const cve = 'CVE-2099-1';
const id = vulnerabilityId(cve);
const base = { type: 'vulnerability', spec_version: '2.1', id, name: cve };
const ref = { source_name: 'cve', external_id: cve };
const layer = (more: object, item: Partial<Incoming> = {}): Incoming => ({
  object: { ...base, ...more } as StixObject,
  path: 'one',
  stamp: true,
  merge: true,
  ...item,
});
const kev = layer({
  description: 'CISA’s words, which are many',
  external_references: [ref, { source_name: 'cisa-kev', url: 'https://k.example/' }],
  x_redoubt_kev: { due: 1 },
});
const record = layer({
  description: 'The record.',
  external_references: [ref, { source_name: 'cwe', external_id: 'CWE-1' }],
  x_redoubt_cve: { state: 'PUBLISHED' },
});
const scanner = layer({ external_references: [{ source_name: 'scanner', external_id: '17' }] });

function workspace() {
  const database = openDatabase(join(folder, `${files++}.db`), new Uint8Array(32), { create: true });
  database.pragma('synchronous=off');
  migrate(database, knowledgeMigrations);
  let tick = 1_790_000_000_000;
  const now = () => (tick += 1000);
  const store = createStore(database, { device: '00000000-0000-4000-8000-000000000001', actor: 'analyst', now });
  const write = (...items: Incoming[]) => store.transact(() => store.writer.writeChunk(items, { now: now() }));
  const undo = (action: string | undefined, undone = true) =>
    store.transact(() => {
      for (const key of store.operations.setUndone(action as string, undone)) store.materializer.materialize(key);
    });
  const stands = () => {
    const row = store.rows.object(store.rows.keyOf(id) as number) as StoredObject;
    return row.state & 1 ? undefined : (({ created: _c, modified: _m, ...rest }) => rest)(decodeObject(row));
  };
  const links = () => (stands()?.external_references as { source_name: string }[] | undefined)?.map(({ source_name }) => source_name);
  const chain = () => expect(verifyLog(database).problems).toEqual([]);
  return { store, write, undo, stands, links, chain };
}

describe('several sources on one vulnerability', () => {
  it.each([[[kev, record]], [[record, kev]]])('are united, whichever comes first', (order) => {
    const { write, stands, chain } = workspace();
    expect(write(order[0] as Incoming)).toMatchObject({ created: 1, updated: 0 });
    expect(write(order[1] as Incoming)).toMatchObject({ created: 0, updated: 1, loss: [] });
    const object = stands();
    expect(object).toMatchObject({ description: 'The record.', x_redoubt_kev: { due: 1 }, x_redoubt_cve: { state: 'PUBLISHED' } });
    expect(object?.external_references).toHaveLength(3);
    for (const one of order) expect(write(one)).toMatchObject({ created: 0, updated: 0, unchanged: 1, loss: [] });
    chain();
  });

  it('in one chunk become one operation, each counted', () => {
    const { write, stands, chain } = workspace();
    expect(write(kev, record, kev, scanner)).toMatchObject({ created: 1, updated: 2, unchanged: 1 });
    expect(stands()).toMatchObject({ x_redoubt_kev: { due: 1 }, x_redoubt_cve: { state: 'PUBLISHED' } });
    expect(write(kev, record, kev, scanner)).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
    expect(write(scanner)).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
    chain();
  });

  it('are taken back one by one, the older as well as the newer', () => {
    const { write, undo, stands, chain } = workspace();
    const first = write(kev).action;
    const alone = stands();
    const second = write(record).action;
    const both = stands();
    undo(second);
    expect(stands()).toEqual(alone);
    undo(second, false);
    expect(stands()).toEqual(both);
    undo(first);
    expect(stands()).toEqual(record.object);
    undo(second);
    expect(stands()).toBeUndefined();
    undo(first, false);
    expect(stands()).toEqual(alone);
    chain();
  });

  it('keep what a second source says again when the first is taken back', () => {
    const { write, undo, links } = workspace();
    const both = layer({ external_references: [ref] });
    const first = write(layer({ external_references: [ref], x_redoubt_kev: { due: 1 } })).action;
    expect(write(both)).toMatchObject({ updated: 0, unchanged: 1, loss: [] });
    undo(first);
    expect(links()).toEqual(['cve']);
  });

  it('stand over a CVE that was merely named, before and after', () => {
    const { write, stands } = workspace();
    const bare: Incoming = { object: bareVulnerability(cve), path: 'one', partial: true };
    write(bare);
    expect(write(kev)).toMatchObject({ updated: 1, loss: [] });
    expect(write(bare)).toMatchObject({ unchanged: 1, updated: 0, loss: [] });
    expect(stands()).toEqual(kev.object);
    const other = workspace();
    other.write(kev);
    expect(other.write(bare)).toMatchObject({ unchanged: 1, loss: [] });
  });

  it('take an update of one source, and keep an older one in the history', () => {
    const { write, stands } = workspace();
    const dated = (day: number, state: string) =>
      layer({ created: `2026-01-0${day}T00:00:00Z`, modified: `2026-01-0${day}T00:00:00Z`, x_redoubt_cve: { state } }, { stamp: false });
    write(dated(3, 'PUBLISHED'));
    write(kev);
    expect(write(dated(5, 'REJECTED'))).toMatchObject({ updated: 1, loss: [] });
    expect(stands()).toMatchObject({ x_redoubt_cve: { state: 'REJECTED' }, x_redoubt_kev: { due: 1 } });
    const older = write(dated(4, 'OLD'));
    expect(older).toMatchObject({ updated: 0, unchanged: 1 });
    expect(older.loss[0]?.what).toMatch(/^older .* kept in the history$/);
    expect(write(dated(4, 'OLD'))).toMatchObject({ updated: 0, unchanged: 1, loss: [] });
    expect(stands()).toMatchObject({ x_redoubt_cve: { state: 'REJECTED' } });
  });

  it('leave what a person has edited since', () => {
    const { store, write, stands } = workspace();
    write(kev);
    store.transact(() => store.operations.setProperty(id, 'description', 'Ours.'));
    write(scanner);
    expect(stands()).toMatchObject({ description: 'Ours.', x_redoubt_kev: { due: 1 } });
    expect(stands()?.external_references).toHaveLength(3);
  });

  it('come back from an export as they are', () => {
    const { store, write } = workspace();
    write(kev);
    write(record);
    const exported = decodeObject(store.rows.object(store.rows.keyOf(id) as number) as StoredObject);
    expect(write({ object: exported, path: 'objects[0]' })).toMatchObject({ unchanged: 1, updated: 0, loss: [] });
    const other = workspace();
    other.write(kev);
    expect(other.write({ object: exported, path: 'objects[0]' })).toMatchObject({ updated: 1, loss: [] });
    expect(other.stands()).toMatchObject({ x_redoubt_cve: { state: 'PUBLISHED' }, x_redoubt_kev: { due: 1 } });
  });
});
