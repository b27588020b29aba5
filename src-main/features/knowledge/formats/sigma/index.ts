import type { JsonObject } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import { defineFormat, type Item, type ReadContext, type Source } from '../format.ts';
import { checkSignal, inPages } from '../items.ts';
import { objectIn, textIn } from '../json-values.ts';
import { decodePieces, encodingOf } from '../text.ts';
import { fromRule, type SigmaFile } from './rule.ts';

/** Signs of one file; a collection of all of SigmaHQ's rules has 7 million. */
const mostText = 64 * 1024 * 1024;

/** Sigma rules, correlations and filters, one or several documents a file. Each is kept whole as its indicator's pattern. */
export const sigma = defineFormat({
  id: 'sigma',
  title: 'Sigma rules',
  from: ['SigmaHQ', 'pySigma', 'Any SIEM'],
  brings: 'Each rule whole as an indicator, with its log source, level and false positives, linked to the techniques and groups it names.',
  extensions: ['yml', 'yaml'],

  detect({ text }) {
    const has = (key: string) => new RegExp(`^${key}:`, 'm').test(text);
    if (has('detection') && (has('logsource') || has('action') || has('title')))
      return { confidence: 0.97, because: 'it has a title, a log source and a detection, as Sigma rules have' };
    if (has('title') && has('correlation'))
      return { confidence: 0.95, because: 'it has a title and a correlation, as Sigma’s correlations have' };
    if (has('title') && has('logsource'))
      return { confidence: 0.9, because: 'it has a title and a log source, as Sigma’s rules and filters have' };
    return { confidence: 0, because: 'it has no log source and detection' };
  },

  read(source, context) {
    return inPages(items(source, context), context.signal);
  },
});

async function* items(source: Source, context: ReadContext): AsyncIterable<Item> {
  checkSignal(context.signal);
  const pieces: string[] = [];
  let length = 0;
  for await (const piece of decodePieces(source.bytes(), await encodingOf(source.bytes()))) {
    checkSignal(context.signal);
    length += piece.length;
    if (length > mostText)
      throw new ContractError('too_large', `“${source.name}” is longer than 64 MiB of text; split it into several files.`);
    pieces.push(piece);
  }
  const file: SigmaFile = { context, given: context.given ?? new Set(), used: new Set(), named: new Map() };
  const faults: Item[] = [];
  let shared: { readonly value: JsonObject; readonly text: string } | undefined;
  let previous: JsonObject | undefined;
  let any = false;
  const { yamlDocuments } = await import('./documents.ts');
  for (const document of yamlDocuments(pieces.join('').replaceAll('\r\n', '\n'))) {
    checkSignal(context.signal);
    if (document.value === undefined) {
      const fault: Item = { kind: 'rejected', path: document.path, reason: document.fault ?? 'it cannot be read' };
      if (any) yield fault;
      else faults.push(fault);
      continue;
    }
    // Sigma 1 let a document speak for those that follow it.
    const action = textIn(document.value, 'action');
    if (action === 'global') {
      shared = { value: document.value, text: document.text };
      continue;
    }
    if (action === 'reset') {
      shared = undefined;
      continue;
    }
    const base = action === 'repeat' ? previous : shared?.value;
    const rule = base ? merged(base, document.value) : document.value;
    previous = rule;
    any = true;
    yield* faults.splice(0);
    const text = shared ? `${shared.text}\n---\n${document.text}` : document.text;
    yield* fromRule(file, { ...document, text }, rule);
  }
  if (any) return;
  const [first] = faults;
  if (first?.kind === 'rejected') throw new ContractError('invalid_input', `“${source.name}” holds no Sigma rule: ${first.reason}.`);
  throw new ContractError('invalid_input', `“${source.name}” holds no Sigma rule; it is empty, or only a global document.`);
}

/** The later document over the earlier, maps joined; `action` is an instruction, not a property. */
function merged(base: JsonObject, over: JsonObject): JsonObject {
  const all = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(over)) {
    const inner = objectIn(base, name);
    const upper = objectIn(over, name);
    all.set(name, inner && upper ? { ...inner, ...upper } : value);
  }
  all.delete('action');
  return Object.fromEntries(all);
}
