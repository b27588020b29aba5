/**
 * Descriptions as they come in STIX: a little Markdown, a little HTML, citations in brackets. They are
 * cut into plain pieces that React shows as text; no mark-up of theirs ever becomes an element.
 */
export type Span = { kind: 'text' | 'code' | 'strong' | 'cite'; text: string };
export interface Block {
  readonly kind: 'paragraph' | 'heading' | 'item' | 'code';
  readonly spans: readonly Span[];
}

export interface Prose {
  readonly blocks: readonly Block[];
  /** Sources cited, in order of first mention; a `cite` span holds the number of one. */
  readonly sources: readonly string[];
}

/** Longest description that is cut up; more is shown as one plain piece. */
const longest = 200_000;

export function readProse(text: string): Prose {
  if (text.length > longest) return { blocks: [{ kind: 'paragraph', spans: [{ kind: 'text', text }] }], sources: [] };
  const sources: string[] = [];
  const blocks: Block[] = [];
  let paragraph: string[] = [];
  let fenced: string[] | undefined;
  const flush = () => {
    if (paragraph.length > 0) blocks.push({ kind: 'paragraph', spans: readSpans(paragraph.join(' '), sources) });
    paragraph = [];
  };
  for (const line of text.replace(/<br\s*\/?>/gi, '\n').split(/\r?\n/)) {
    const trimmed = line.trim();
    if (trimmed.startsWith('```')) {
      flush();
      if (fenced) blocks.push({ kind: 'code', spans: [{ kind: 'code', text: fenced.join('\n') }] });
      fenced = fenced ? undefined : [];
    } else if (fenced) fenced.push(line);
    else if (trimmed === '') flush();
    else if (/^#{1,6}\s/.test(trimmed)) {
      flush();
      blocks.push({ kind: 'heading', spans: readSpans(trimmed.replace(/^#+\s+/, ''), sources) });
    } else if (/^(?:[*+•-]|\d{1,3}[.)])\s+/.test(trimmed)) {
      flush();
      blocks.push({ kind: 'item', spans: readSpans(trimmed.replace(/^(?:[*+•-]|\d{1,3}[.)])\s+/, ''), sources) });
    } else paragraph.push(trimmed);
  }
  if (fenced) blocks.push({ kind: 'code', spans: [{ kind: 'code', text: fenced.join('\n') }] });
  flush();
  return { blocks, sources };
}

const marks =
  /\(Citation:\s*([^()]{1,300}(?:\([^()]{0,100}\)[^()]{0,200})?)\)|<code>([^<]{0,5000})<\/code>|`([^`]{1,5000})`|\*\*([^*]{1,2000})\*\*|\[([^\]]{1,500})\]\([^)\s]{1,2000}\)/g;

function readSpans(text: string, sources: string[]): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(marks)) {
    const before = text.slice(end, match.index);
    if (before) spans.push({ kind: 'text', text: before });
    end = match.index + match[0].length;
    const [, cited, tagged, ticked, strong, linked] = match;
    if (cited !== undefined) {
      const name = cited.trim();
      let at = sources.indexOf(name);
      if (at < 0) at = sources.push(name) - 1;
      spans.push({ kind: 'cite', text: String(at + 1) });
    } else if (tagged !== undefined || ticked !== undefined) spans.push({ kind: 'code', text: tagged ?? ticked ?? '' });
    else if (strong !== undefined) spans.push({ kind: 'strong', text: strong });
    else if (linked !== undefined) spans.push({ kind: 'text', text: linked });
  }
  const after = text.slice(end);
  if (after) spans.push({ kind: 'text', text: after });
  return spans;
}
