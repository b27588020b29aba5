import { expect, it } from 'vitest';
import { ledgerCsv } from './ledger-file.ts';

const entry = (at: string, path: string) => ({
  at,
  host: 'example.org',
  port: 443,
  method: 'GET',
  path,
  purpose: 'feed',
  outcome: 'refused' as const,
  bytesOut: 0,
  bytesIn: 0,
  reason: 'said "no", twice',
});

it('writes sent and refused in order of time, quotes, and defuses formulas', () => {
  const csv = ledgerCsv({
    requests: [{ ...entry('2026-01-02T00:00:00.000Z', '/later'), outcome: 'sent' }],
    refused: [entry('2026-01-01T00:00:00.000Z', '=cmd()')],
    network: 'off',
    since: '2026-01-01T00:00:00.000Z',
  });
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe('at,outcome,host,port,method,path,purpose,bytesOut,bytesIn,status,reason');
  expect(lines[1]).toBe('2026-01-01T00:00:00.000Z,refused,example.org,443,GET,\'=cmd(),feed,0,0,,"said ""no"", twice"');
  expect(lines[2]).toContain(',sent,');
  expect(lines).toHaveLength(4);
});
