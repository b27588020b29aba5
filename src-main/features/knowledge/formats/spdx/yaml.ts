import type { Json } from '#shared/domain/knowledge/stix.ts';
import { ContractError } from '#shared/transport/errors.ts';
import type { Source } from '../format.ts';

/** The parser takes a second for 4 MB, and five for the worst; larger bills of materials come as JSON. */
const mostText = 16 * 1024 * 1024;
/** Aliases let a short text stand for a long one: values of the whole, each counted as often as it is named. */
const mostValues = 2_000_000;
const deepest = 60;

/**
 * SPDX 2 written as YAML. By a parser of its own: the one that Sigma's rules need for their very text takes twenty
 * times as long, and by the square on lines of quotation marks.
 */
export async function documentFromYaml(text: string, source: Source): Promise<Json> {
  const wrong = (what: string, cause?: unknown) =>
    new ContractError('invalid_input', `“${source.name}” is no SPDX document that can be read: ${what}.`, { cause });
  if (text.length > mostText)
    throw new ContractError('too_large', `“${source.name}” is YAML of more than ${mostText / 1024 / 1024} MiB; export it as JSON.`);
  // Loaded with the first such file: most runs read none.
  const { CORE_SCHEMA, load } = await import('js-yaml');
  let read: unknown;
  try {
    read = load(text, { schema: CORE_SCHEMA });
  } catch (error) {
    const said = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    throw wrong(
      error instanceof RangeError ? 'it is nested too deep' : `it is no valid YAML (${said.slice(0, 200).replace(/\.$/, '')})`,
      error,
    );
  }
  let values = 0;
  const plain = (value: unknown, depth: number): Json => {
    if (++values > mostValues) throw wrong('its aliases stand for more than it could hold');
    if (depth > deepest) throw wrong(`it is nested deeper than ${deepest} levels, or holds itself`);
    if (value === null || value === undefined) return null;
    if (typeof value === 'string') return value.toWellFormed();
    if (typeof value === 'boolean') return value;
    if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
    if (Array.isArray(value)) return value.map((item: unknown) => plain(item, depth + 1));
    if (typeof value !== 'object') return String(value);
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), plain(inner, depth + 1)]));
  };
  return plain(read, 0);
}
