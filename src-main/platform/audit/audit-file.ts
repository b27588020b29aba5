import { createHash } from 'node:crypto';
import { auditFormat } from '#shared/domain/admin/audit-file.ts';
import { canonical } from '#shared/domain/knowledge/canonical.ts';
import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { z } from 'zod';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const First = z.object({ format: z.literal(auditFormat), workspace: z.uuid(), version: z.string().max(50), at: z.iso.datetime() });
const Line = z.strictObject({
  chain: z.enum(['operations', 'ledger']),
  number: z.int(),
  entry: z.record(z.string(), z.json()),
  link: Hash,
});
const End = z.strictObject({ count: z.int(), head: Hash });
const Last = z.strictObject({ end: z.strictObject({ operations: End, ledger: End }) });

export interface AuditFileVerdict {
  readonly valid: boolean;
  readonly workspace: string;
  readonly at: string;
  readonly operations: number;
  readonly ledgerEntries: number;
  readonly head: string;
  readonly ledgerHead: string;
  readonly problems: string[];
}

const MOST_PROBLEMS = 100;

/** Recomputes both chains of an exported file, line by line, without the workspace. Throws `invalid_input` where it is no such file. */
export async function verifyAuditFile(lines: AsyncIterable<string>): Promise<AuditFileVerdict> {
  const problems: string[] = [];
  const say = (problem: string) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const ends = { operations: start(), ledger: start() };
  let first: z.infer<typeof First> | undefined;
  let ended = false;
  let number = 0;
  for await (const text of lines) {
    number++;
    if (text === '') continue;
    const value = parsed(text);
    if (!first) {
      const answer = First.safeParse(value);
      if (!answer.success)
        throw new ContractError(
          'invalid_input',
          'This is not an audit file of Redoubt; choose one made by “audit export” or by the audit view.',
        );
      first = answer.data;
      continue;
    }
    if (ended) {
      say(`Line ${number} stands after the end of the file.`);
      continue;
    }
    const last = Last.safeParse(value);
    if (last.success) {
      ended = true;
      for (const chain of ['operations', 'ledger'] as const) {
        const { count, head } = last.data.end[chain];
        if (count !== ends[chain].count) say(`The file says ${count} entries of the chain “${chain}”; ${ends[chain].count} are here.`);
        if (head !== ends[chain].head.toString('hex')) say(`The chain “${chain}” does not end in the link that the file states.`);
      }
      continue;
    }
    const line = Line.safeParse(value);
    if (!line.success) {
      say(`Line ${number} cannot be read as an entry.`);
      continue;
    }
    const { chain, entry, link } = line.data;
    const end = ends[chain];
    end.count++;
    if (line.data.number !== end.count) say(`Line ${number}: entry ${end.count} of the chain “${chain}” is missing.`);
    const computed = createHash('sha256')
      .update(end.head)
      .update(canonical(entry as Json))
      .digest();
    if (computed.toString('hex') !== link)
      say(`Line ${number}: entry ${line.data.number} of the chain “${chain}” was changed after it was written.`);
    end.head = Buffer.from(link, 'hex');
  }
  if (!first) throw new ContractError('invalid_input', 'The file is empty; choose one made by “audit export” or by the audit view.');
  if (!ended) say('The end of the file is missing: it was cut off.');
  return {
    valid: problems.length === 0,
    workspace: first.workspace,
    at: first.at,
    operations: ends.operations.count,
    ledgerEntries: ends.ledger.count,
    head: ends.operations.head.toString('hex'),
    ledgerHead: ends.ledger.head.toString('hex'),
    problems,
  };
}

const start = () => ({ count: 0, head: Buffer.alloc(32) as Buffer });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
