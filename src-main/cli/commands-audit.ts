import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { verifyAuditFile } from '#main/platform/audit/audit-file.ts';
import { contract } from '#shared/contract/index.ts';
import { auditFirstLine, auditLastLine, auditLine } from '#shared/domain/admin/audit-file.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { type Command, exit, type RedoubtClient } from './command.ts';
import { writeOutput } from './output-file.ts';
import { count, plain } from './text.ts';

const auditVerify: Command = {
  words: 'audit verify',
  about: `${contract.admin.verifyAudit.about} With a FILE of “audit export”, checks that instead, without the workspace.`,
  args: ['[FILE]'],
  options: {},
  wants: 'workspace',
  wantsNothing: (args) => args.length > 0,
  async run({ client, args, print, signal }) {
    const [file] = args;
    const answer = file === undefined ? await client.admin.verifyAudit(undefined, { signal }) : await verifyAuditFile(linesOf(file));
    await print(answer, () =>
      [
        `${answer.valid ? 'Valid' : 'NOT VALID'}: ${count(answer.operations, 'operation')}, ${count(answer.ledgerEntries, 'ledger entry', 'ledger entries')}.\n`,
        `Head  ${answer.head}\n`,
        'ledgerHead' in answer ? `Head of the ledger  ${answer.ledgerHead}\nWritten ${answer.at} from workspace ${answer.workspace}\n` : '',
        ...answer.problems.map((problem) => `  ${plain(problem)}\n`),
      ].join(''),
    );
    return answer.valid ? exit.done : exit.failed;
  },
};

const auditExport: Command = {
  words: 'audit export',
  about: 'Writes the audit chain and the egress ledger as JSON lines that anyone can verify offline; how stands in the file.',
  args: ['FILE'],
  options: {},
  wants: 'workspace',
  async run({ client, args, io, print, signal }) {
    const [file = '-'] = args;
    const bytes = await writeOutput(io, file, pieces(client, signal));
    if (file !== '-')
      await print({ file, bytes }, () => `File   ${plain(file)}\nBytes  ${bytes}\nCheck  redoubt audit verify ${plain(file)}\n`);
    return exit.done;
  },
};

async function* pieces(client: RedoubtClient, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const ends = { operations: { count: 0, head: '0'.repeat(64) }, ledger: { count: 0, head: '0'.repeat(64) } };
  let begun = false;
  for (const part of ['operations', 'ledger'] as const) {
    for (;;) {
      const { rows, workspace, version } = await client.admin.listAudit({ of: part, from: ends[part].count, limit: 1000 }, { signal });
      if (!begun) yield bytes(auditFirstLine({ workspace, version, at: new Date().toISOString() }));
      begun = true;
      const last = rows.at(-1);
      if (!last) break;
      ends[part] = { count: last.number, head: last.chain };
      yield bytes(rows.map((row) => auditLine(part, row)).join(''));
    }
  }
  yield bytes(auditLastLine(ends));
}

async function* linesOf(file: string): AsyncIterable<string> {
  try {
    yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (error instanceof ContractError) throw error;
    throw new ContractError('not_found', `${file} cannot be read; check the name and your access to it.`, { cause: error });
  }
}

export const auditCommands: readonly Command[] = [auditVerify, auditExport];
