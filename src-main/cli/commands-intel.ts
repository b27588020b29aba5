import { readFile, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { contract } from '#shared/contract/index.ts';
import { judgements, logStandings, type Match, matchKinds, type Recognised } from '#shared/contract/intel.ts';
import { decisions, grades } from '#shared/domain/intel/priority.ts';
import { Tlp } from '#shared/domain/knowledge/stix.ts';
import { type Command, type Context, exit, UsageError } from './command.ts';
import { runJob } from './job.ts';
import { count, plain, table } from './text.ts';

const mostBytes = 2 * 1024 * 1024;
const piece = 512 * 1024;

const paste: Command = {
  words: 'paste',
  about: contract.intel.recognise.about,
  args: ['FILE'],
  options: {
    keep: { type: 'boolean', about: 'Keep what is sure and on no warninglist, with a report that names the source; asks for --title.' },
    title: { type: 'string', value: 'TEXT', about: 'Title of the source.' },
    url: { type: 'string', value: 'URL', about: 'Where the source lies.' },
    author: { type: 'string', value: 'NAME', about: 'Who wrote it.' },
    tlp: { type: 'string', value: 'LEVEL', about: `Its marking: ${Tlp.options.join(', ')}.` },
    indicators: { type: 'boolean', about: 'Make indicators too, not only facts.' },
  },
  wants: 'workspace',
  async run(context) {
    const { client, args, io, print, remark, signal, text, flag } = context;
    const title = text('title');
    if (flag('keep') && !title) throw new UsageError('--keep needs --title: what is kept names its source.');
    const tlp = oneOf(Tlp.options, text('tlp'), '--tlp');
    const bytes = await read(args[0] ?? '-');
    const { uploadId } = await client.knowledge.openUpload({ name: 'pasted text', size: bytes.length });
    for (let offset = 0; offset < bytes.length; offset += piece)
      await client.knowledge.appendUpload({ uploadId, offset, base64: bytes.subarray(offset, offset + piece).toString('base64') });
    const answer = await client.intel.recognise({ uploadId }, { signal });
    const keys = answer.hits.filter((hit) => hit.keepable && !hit.doubt && hit.warninglists.length === 0).map(({ key }) => key);
    const [url, author] = [text('url'), text('author')];
    const kept =
      flag('keep') && title && keys.length > 0
        ? await client.intel.keepPasted({
            pasteId: answer.pasteId,
            keys: keys.slice(0, 5000),
            as: flag('indicators') ? 'indicators' : 'observables',
            source: { title, ...(url && { url }), ...(author && { author }), ...(tlp && { tlp }) },
          })
        : undefined;
    await print({ ...answer, ...(kept && { kept }) }, () => hitLines(answer, io.isScreen ? io.columns : undefined));
    if (answer.shown < answer.total) remark(`Shown ${answer.shown.toLocaleString('en')} of ${answer.total.toLocaleString('en')}.`);
    if (kept)
      remark(`Kept ${count(kept.created + kept.updated, 'object')}${kept.action ? `; undo with: redoubt undo ${kept.action}` : ''}.`);
    return exit.done;
  },
};

function hitLines({ hits }: Recognised, width: number | undefined): string {
  if (hits.length === 0) return 'Nothing recognised.\n';
  return table(
    ['KIND', 'VALUE', 'TIMES', 'KNOWN', 'ASSETS', 'BUT'],
    hits.map((hit) => {
      const known = hit.known[0];
      return [
        hit.kind,
        hit.value,
        hit.count,
        known ? `${known.entity.type} ${known.entity.externalId ?? known.entity.name}` : '',
        known ? known.assets.map(({ name }) => name).join(', ') : '',
        [hit.doubt ?? '', ...hit.warninglists.map((list) => `on “${list}”`)].filter((part) => part !== '').join(', '),
      ];
    }),
    width,
  );
}

async function read(file: string): Promise<Buffer> {
  const bytes = file === '-' ? await buffer(process.stdin) : (await sizeOf(file)) > mostBytes ? undefined : await readFile(file);
  if (!bytes || bytes.length > mostBytes) throw new UsageError('The text is longer than 2 MB; recognise a part of it, or import the file.');
  return bytes;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new UsageError(`${plain(file)} cannot be read; - stands for standard input.`);
  }
}

const matches: Command = {
  words: 'matches',
  about: contract.intel.listMatches.about,
  args: [],
  options: {
    kind: { type: 'string', value: 'KIND', about: `Only ${matchKinds.join(', ')}; may be given more than once.`, multiple: true },
    grade: { type: 'string', value: 'GRADE', about: `Only ${grades.join(', ')}; may be given more than once.`, multiple: true },
    decision: { type: 'string', value: 'D', about: `Only ${decisions.join(', ')}; may be given more than once.`, multiple: true },
    kev: { type: 'boolean', about: 'Only known exploited vulnerabilities.' },
    of: { type: 'string', value: 'ID', about: 'Only of this asset, threat or software.' },
    judged: { type: 'boolean', about: 'Those that were judged.' },
    judge: { type: 'string', value: 'KEY', about: `Judge one: --as ${judgements.join(' | ')} --reason TEXT.` },
    as: { type: 'string', value: 'WORD', about: 'How it is judged.' },
    reason: { type: 'string', value: 'TEXT', about: 'Why.' },
    limit: { type: 'string', value: 'N', about: 'How many to show (50 unless given, 500 at most).' },
  },
  wants: 'workspace',
  async run(context) {
    const { client, io, print, remark, signal, text, flag, number } = context;
    const judged = text('judge');
    if (judged !== undefined) return judge(context, judged);
    // A short-lived process has to compute what changed since the last time by itself.
    if ((await client.intel.getMatchState(undefined, { signal })).stale) await runJob(context, () => client.intel.refreshMatches());
    const id = text('of');
    const kinds = several(matchKinds, context.texts('kind'), '--kind');
    const wantedGrades = several(grades, context.texts('grade'), '--grade');
    const wantedDecisions = several(decisions, context.texts('decision'), '--decision');
    const answer = await client.intel.listMatches(
      {
        ...(kinds && { kinds }),
        ...(wantedGrades && { grades: wantedGrades }),
        ...(wantedDecisions && { decisions: wantedDecisions }),
        ...(id !== undefined && { id: id.includes('--') ? id : (await client.knowledge.getEntity({ id }, { signal })).id }),
        kev: flag('kev'),
        judged: flag('judged') ? 'judged' : 'open',
        limit: number('limit', 1, 500) ?? 50,
      },
      { signal },
    );
    await print(answer, () =>
      answer.rows.length === 0
        ? 'No matches.\n'
        : table(['KEY', 'PRIORITY', 'SURE', 'ASSET', 'THREAT', 'WHY'], answer.rows.map(row), io.isScreen ? io.columns : undefined),
    );
    if (answer.shown < answer.total)
      remark(`Shown ${answer.shown.toLocaleString('en')} of ${answer.total.toLocaleString('en')} (most urgent first).`);
    const { found, kept } = answer.state;
    if (found > kept) remark(`Of ${found.toLocaleString('en')} pairs that fit, the ${kept.toLocaleString('en')} most urgent are kept.`);
    return exit.done;
  },
};

const row = (match: Match) => [
  match.key,
  match.priority.decision ?? match.kind,
  match.grade,
  match.asset.name,
  match.threat.externalId ?? match.threat.name,
  match.because,
];

async function judge({ client, print, text }: Context, key: string): Promise<number> {
  const judgement = oneOf(judgements, text('as'), '--as');
  const reason = text('reason');
  if (!judgement || !reason) throw new UsageError('--judge needs --as and --reason.');
  const { action, match } = await client.intel.judgeMatch({ key, judgement, reason });
  await print({ action, match }, () => `${plain(match.asset.name)}, ${plain(match.threat.name)}: ${plain(match.verdict?.reason ?? '')}\n`);
  return exit.done;
}

function oneOf<T extends string>(known: readonly T[], given: string | undefined, option: string): T | undefined {
  if (given === undefined) return undefined;
  const found = known.find((one) => one === given);
  if (!found) throw new UsageError(`${option}: expected ${known.join(', ')}.`);
  return found;
}

function several<T extends string>(known: readonly T[], given: readonly string[] | undefined, option: string): T[] | undefined {
  return given?.map((one) => oneOf(known, one, option) as T);
}

const logSources: Command = {
  words: 'log-sources',
  about: contract.intel.listLogSources.about,
  args: [],
  options: {
    of: { type: 'string', value: 'ID', about: 'Only what this rule or log source wants.' },
    standing: { type: 'string', value: 'WORD', about: `Only ${logStandings.join(', ')}; may be given more than once.`, multiple: true },
    limit: { type: 'string', value: 'N', about: 'How many to show (50 unless given, 500 at most).' },
  },
  wants: 'workspace',
  async run(context) {
    const { client, io, print, remark, signal, text, number } = context;
    const id = text('of');
    const standings = several(logStandings, context.texts('standing'), '--standing');
    const answer = await client.intel.listLogSources(
      {
        ...(standings && { standings }),
        ...(id !== undefined && { id: id.includes('--') ? id : (await client.knowledge.getEntity({ id }, { signal })).id }),
        limit: number('limit', 1, 500) ?? 50,
      },
      { signal },
    );
    const lines = answer.rows.map(({ source, rules, standing, because }) => [standing, rules, source.name, because]);
    await print(answer, () =>
      lines.length === 0
        ? 'No rule wants a log source.\n'
        : table(['LOG', 'RULES', 'SOURCE', 'WHY'], lines, io.isScreen ? io.columns : undefined),
    );
    if (answer.shown < answer.total)
      remark(`Shown ${answer.shown.toLocaleString('en')} of ${answer.total.toLocaleString('en')} (most wanted first).`);
    const { rules, runs, perhaps, missing } = answer.counts;
    if (rules > 0)
      remark(
        `Of ${count(rules, 'rule')} ${runs.toLocaleString('en')} could run, ${perhaps.toLocaleString('en')} perhaps, ${missing.toLocaleString('en')} not.`,
      );
    return exit.done;
  },
};

export const intelCommands: readonly Command[] = [paste, matches, logSources];
