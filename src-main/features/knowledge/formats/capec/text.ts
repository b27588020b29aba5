import type { XmlElement } from '../xml-stream/index.ts';

const blocks = new Set('p div ul ol li dl dt dd table thead tbody tr h1 h2 h3 h4 h5 h6 blockquote pre'.split(' '));
/** Elements within each other; the reader of XML lets no more through. */
const deepest = 128;

/** The words of an element with XHTML in it, in the order of the file: paragraphs and entries of lists on lines of their own. */
export function wordsOf(element: XmlElement | undefined): string {
  if (!element) return '';
  const lines = raw(element, 0)
    .split('\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').trim());
  return lines
    .filter((line) => line !== '' && line !== '-')
    .join('\n')
    .trim();
}

function raw({ text, children }: XmlElement, depth: number): string {
  const parts: string[] = [];
  let from = 0;
  for (const child of children) {
    const to = Math.min(Math.max(child.at, from), text.length);
    parts.push(text.slice(from, to).replace(/\s+/g, ' '));
    from = to;
    if (depth >= deepest) continue;
    const inner = raw(child, depth + 1);
    if (child.name === 'br') parts.push('\n');
    else if (blocks.has(child.name)) parts.push('\n', child.name === 'li' ? '- ' : '', inner, '\n');
    else parts.push(child.name === 'td' || child.name === 'th' ? ` ${inner} ` : inner);
  }
  parts.push(text.slice(from).replace(/\s+/g, ' '));
  return parts.join('');
}
