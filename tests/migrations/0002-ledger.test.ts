import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#main/platform/database/database.ts';
import { temporaryFolder } from '../faults/world.ts';
import { databaseAfter, schemaOf } from './steps.ts';

const folder = temporaryFolder('migration-2');
let database: Database;
let before: Record<string, string[]>;

beforeAll(() => {
  const first = databaseAfter(join(folder.path, 'two.db'), 1);
  before = schemaOf(first);
  first.prepare("INSERT INTO setting (key, value) VALUES ('kept', 'yes')").run();
  first.close();
  database = databaseAfter(join(folder.path, 'two.db'), 2);
});
afterAll(() => {
  database.close();
  folder.remove();
});

describe('step 2, ledger', () => {
  it('adds the ledger and the rules of the network, and touches nothing else', () => {
    expect(database.pragma('user_version', { simple: true })).toBe(2);
    const { ledger, network_rule: rules, ...rest } = schemaOf(database);
    expect(ledger).toEqual(['id INTEGER PK1', 'at INTEGER NOT NULL', 'body TEXT NOT NULL', 'chain BLOB NOT NULL']);
    expect(rules).toEqual(['host TEXT NOT NULL PK1', 'purpose TEXT NOT NULL PK2']);
    expect(rest).toEqual(before);
    expect(database.prepare("SELECT value FROM setting WHERE key = 'kept'").pluck().get()).toBe('yes');
  });

  it('holds a rule once', () => {
    const rule = database.prepare("INSERT INTO network_rule (host, purpose) VALUES ('a.example', 'feed')");
    rule.run();
    expect(() => rule.run()).toThrow(/UNIQUE/);
  });
});
