import type { AuditLink } from '#shared/contract/admin.ts';

type Entry = AuditLink['entry'];

export interface AuditWords {
  /** What was done or touched: a property, a command, a tag. */
  readonly what: string;
  /** The STIX object that it was done to. */
  readonly object?: string;
  /** What the entry says besides, in pairs; a value alone has no name. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

const mostSigns = 120;
const mostFacts = 8;

/** An entry of the log as words and pairs that people read; nothing of it is left out without an ellipsis. */
export function auditWords(entry: Entry): AuditWords {
  const property = text(entry['property']);
  const object = text(entry['object']);
  const command = entry['kind'] === 'audit' || entry['kind'] === 'branch' || entry['kind'] === 'review';
  const { value } = entry;
  return {
    what: command ? sentenceCase(property) : property,
    ...(object && { object }),
    facts: value === undefined || value === null ? [] : isPairs(value) ? pairs(value) : [{ name: '', value: short(value) }],
  };
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const isPairs = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function pairs(value: Record<string, unknown>): { name: string; value: string }[] {
  const all = Object.entries(value);
  const shown = all.slice(0, mostFacts).map(([name, one]) => ({ name: sentenceCase(name).toLowerCase(), value: short(one) }));
  return all.length > mostFacts ? [...shown, { name: '', value: '…' }] : shown;
}

/** `allowHost` is "Allow host", `import_id` "Import id". */
function sentenceCase(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll(/[_-]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function short(value: unknown): string {
  const said =
    typeof value === 'string'
      ? value
      : Array.isArray(value) && value.every((one) => typeof one === 'string')
        ? value.join(', ')
        : JSON.stringify(value);
  return said.length > mostSigns ? `${said.slice(0, mostSigns)}…` : said;
}
