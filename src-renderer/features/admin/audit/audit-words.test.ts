import { describe, expect, it } from 'vitest';
import { auditWords } from './audit-words.ts';

describe('an entry of the log in words', () => {
  it('says a command and its details as pairs', () => {
    expect(auditWords({ kind: 'audit', property: 'allowHost', value: { host: 'feeds.example.org', purposeOf: 'feeds' } })).toEqual({
      what: 'Allow host',
      facts: [
        { name: 'host', value: 'feeds.example.org' },
        { name: 'purpose of', value: 'feeds' },
      ],
    });
  });

  it('leaves the name of a property as it is written, and names the object', () => {
    expect(auditWords({ kind: 'set', property: 'x_ward', object: 'malware--1', value: ['a', 'b'] })).toEqual({
      what: 'x_ward',
      object: 'malware--1',
      facts: [{ name: '', value: 'a, b' }],
    });
  });

  it('is bounded, and says where it stops', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`key${at}`, 'x'.repeat(500)]));
    const { facts } = auditWords({ kind: 'audit', property: 'much', value: many });
    expect(facts).toHaveLength(9);
    expect(facts.at(-1)?.value).toBe('…');
    expect(facts[0]?.value).toHaveLength(121);
    expect(auditWords({ kind: 'put' })).toEqual({ what: '', facts: [] });
  });
});
