import { resolve } from 'node:path';
import { contract } from '#shared/contract/index.ts';
import { exportFormats, type FileReport, importFormats, type Loss, type Rejection } from '#shared/contract/knowledge.ts';
import { ContractError, isContractError } from '#shared/transport/errors.ts';
import { type Command, type Context, exit, UsageError } from './command.ts';
import { branchFlag, branchOption } from './commands-branch.ts';
import { runJob } from './job.ts';
import { writeOutput } from './output-file.ts';
import { count, plain, table } from './text.ts';

/** The most files that the contract takes in one preview. */
const filesAtOnce = 100;
const linesShown = 20;

/** One file's report and, where the whole file failed, why. */
interface Outcome {
  readonly report: FileReport;
  readonly failure: string | undefined;
  readonly rejectedTotal: number;
  readonly lossTotal: number;
}

const importCommand: Command = {
  words: 'import',
  about: 'Imports files, folders and archives; what each became, and what was rejected or lost, is reported by object.',
  args: ['FILE…'],
  options: {
    as: { type: 'string', value: 'FORMAT', about: `Read the files as ${importFormats.join(', ')}; recognised by content unless given.` },
    branch: { ...branchFlag, about: 'The branch that the objects go to, by name or id; main unless given.' },
    'dry-run': { type: 'boolean', about: contract.knowledge.previewImport.about },
  },
  wants: 'workspace',
  async run(context) {
    const { args, io, print } = context;
    const as = oneOf(importFormats, context.text('as'), '--as');
    const outcomes: Outcome[] = [];
    const on = await branchOption(context);
    for (let start = 0; start < args.length; start += filesAtOnce) {
      outcomes.push(...(await importSome(context, args.slice(start, start + filesAtOnce), as, on)));
    }
    await print(
      outcomes.map(({ report, failure }) => document(report, failure)),
      () => summary(outcomes, io.isScreen ? io.columns : undefined),
    );
    for (const { report, failure } of outcomes) if (failure !== undefined) io.err(`${plain(report.file)}: ${plain(failure)}\n`);
    if (outcomes.some(({ failure }) => failure !== undefined)) return exit.failed;
    return outcomes.some(({ rejectedTotal }) => rejectedTotal > 0) ? exit.rejected : exit.done;
  },
};

async function importSome(
  context: Context,
  files: readonly string[],
  as: (typeof importFormats)[number] | undefined,
  on: { branch?: string },
): Promise<Outcome[]> {
  const { client } = context;
  const sources = files.map((file) => ({ source: { path: resolve(file) }, ...(as ? { as } : {}) }));
  const unread = (file: string, failure: string): Outcome => ({
    report: { file, format: as ?? 'unknown', created: 0, updated: 0, unchanged: 0, rejected: [], loss: [] },
    failure,
    rejectedTotal: 0,
    lossTotal: 0,
  });
  try {
    const previewJob = await runJob(context, () => client.knowledge.previewImport({ files: sources, ...on }));
    const preview = await client.knowledge.getImportPreview({ jobId: previewJob });
    if (preview.refusal !== undefined) throw new ContractError('too_large', preview.refusal);
    const named = (position: number, reported: string) => files[position] ?? reported;
    if (context.flag('dry-run') || preview.files.every(({ failure }) => failure !== undefined)) {
      return preview.files.map((file, position) => ({
        report: { ...file, file: named(file.input ?? position, file.file) },
        failure: file.failure,
        rejectedTotal: file.rejectedTotal,
        lossTotal: file.lossTotal,
      }));
    }
    const importJob = await runJob(context, () => client.knowledge.runImport({ previewId: preview.previewId }));
    const reports = await client.knowledge.getImportReport({ jobId: importJob });
    return reports.map((report, position) => ({
      report: { ...report, file: named(report.input ?? position, report.file) },
      failure: report.failure,
      rejectedTotal: report.rejected.length,
      lossTotal: report.loss.length,
    }));
  } catch (error) {
    if (!isContractError(error) || error.code === 'cancelled' || error.code === 'unavailable') throw error;
    return files.map((file) => unread(file, error.message));
  }
}

/** Exactly the keys that scripts may rely on. */
function document(report: FileReport, failure: string | undefined) {
  const rejected = report.rejected.map(({ id, path, reason }: Rejection) => ({ id: id ?? null, path, reason }));
  if (failure !== undefined && rejected.length === 0) rejected.push({ id: null, path: '', reason: failure });
  return {
    file: report.file,
    format: report.format,
    created: report.created,
    updated: report.updated,
    unchanged: report.unchanged,
    ...(report.members !== undefined && { members: report.members }),
    rejected,
    loss: report.loss.map(({ id, path, what }: Loss) => ({ id: id ?? null, path, what })),
  };
}

function summary(outcomes: readonly Outcome[], width: number | undefined): string {
  const rows = outcomes.map(({ report, failure, rejectedTotal, lossTotal }) =>
    failure === undefined
      ? [report.file, report.format, report.created, report.updated, report.unchanged, rejectedTotal, lossTotal]
      : [report.file, report.format, undefined, undefined, undefined, undefined, undefined],
  );
  const parts = [table(['FILE', 'FORMAT', 'CREATED', 'UPDATED', 'UNCHANGED', 'REJECTED', 'LOST'], rows, width)];
  for (const { report, rejectedTotal, lossTotal } of outcomes) {
    parts.push(list(`Rejected from ${report.file}`, report.rejected, rejectedTotal, ({ reason }) => reason));
    parts.push(list(`Lost from ${report.file}`, report.loss, lossTotal, ({ what }) => what));
  }
  return parts.filter((part) => part !== '').join('\n');
}

function list<T extends { id?: string; path: string }>(
  title: string,
  entries: readonly T[],
  total: number,
  say: (entry: T) => string,
): string {
  if (total === 0) return '';
  const lines = entries
    .slice(0, linesShown)
    .map((entry) => `  ${plain([entry.path, entry.id].filter((part) => part).join(' '))}: ${plain(say(entry))}`);
  const more = total > lines.length ? [`  shown ${lines.length} of ${total.toLocaleString('en')}; --json gives all that is known`] : [];
  return `${plain(title)}:\n${[...lines, ...more].join('\n')}\n`;
}

const exportCommand: Command = {
  words: 'export',
  about: 'Writes the graph, or the part of it of some types, to a file in a format.',
  args: [],
  options: {
    format: { type: 'string', value: 'F', about: `${exportFormats.join(', ')}.` },
    output: { type: 'string', short: 'o', value: 'FILE', about: 'File to write; - is standard output.' },
    type: { type: 'string', value: 'TYPE', about: 'Only objects of this STIX type; may be given more than once.', multiple: true },
    branch: branchFlag,
  },
  wants: 'workspace',
  async run(context) {
    const { client, io, print, text, texts, signal } = context;
    const format = oneOf(exportFormats, text('format'), '--format');
    if (format === undefined) throw new UsageError(`export needs --format: ${exportFormats.join(', ')}.`);
    const file = outputFile(context);
    const types = texts('type');
    const on = await branchOption(context);
    const jobId = await runJob(context, () => client.knowledge.exportGraph({ format, ...(types ? { types: [...types] } : {}), ...on }));
    let loss: Loss[] = [];
    let lossTotal = 0;
    const bytes = async function* () {
      for (let offset = 0; ; ) {
        const { header, body } = await client.knowledge.getExport({ jobId, offset }, { signal });
        ({ loss, lossTotal } = header);
        yield body;
        offset += body.length;
        if (offset >= header.size || body.length === 0) return;
        io.progress(`Writing ${Math.floor((offset / header.size) * 100)} %`);
      }
    };
    const size = await writeOutput(io, file, bytes());
    if (file !== '-') {
      const lost = list('Not held by this format', loss, lossTotal, ({ what }) => what);
      await print({ file, format, bytes: size, loss, lossTotal }, () => `Wrote ${file}: ${format}, ${count(size, 'byte')}.\n${lost}`);
    }
    return exit.done;
  },
};

const brief: Command = {
  words: 'brief',
  about: contract.investigation.writeBrief.about,
  args: [],
  options: {
    output: { type: 'string', short: 'o', value: 'FILE', about: 'File to write; - is standard output.' },
    title: { type: 'string', value: 'TEXT', about: 'Title of the brief.' },
    branch: branchFlag,
  },
  wants: 'workspace',
  async run(context) {
    const { client, io, print, text, signal } = context;
    const file = outputFile(context);
    const title = text('title');
    const on = await branchOption(context);
    const { body } = await client.investigation.writeBrief({ ...on, ...(title === undefined ? {} : { title }) }, { signal });
    const size = await writeOutput(io, file, [body]);
    if (file !== '-') await print({ file, bytes: size }, () => `Wrote ${file}: HTML, ${count(size, 'byte')}.\n`);
    return exit.done;
  },
};

function outputFile({ text, json }: Context): string {
  const file = text('output');
  if (file === undefined || file === '') throw new UsageError('This needs a file to write: -o FILE.');
  if (file === '-' && json) throw new UsageError('-o - and --json both want standard output; choose one.');
  return file;
}

function oneOf<T extends string>(known: readonly T[], given: string | undefined, option: string): T | undefined {
  if (given === undefined) return undefined;
  const found = known.find((name) => name === given);
  if (!found) throw new UsageError(`${option} takes ${known.join(', ')}; “${plain(given)}” is none of them.`);
  return found;
}

export const transferCommands: readonly Command[] = [importCommand, exportCommand, brief];
