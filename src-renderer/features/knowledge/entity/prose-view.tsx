import { useMemo } from 'react';
import { type Block, readProse } from './prose.ts';

/** A description as plain, safe text. */
export function ProseView({ text }: { text: string }) {
  const { blocks, sources } = useMemo(() => readProse(text), [text]);
  return (
    <div className="prose">
      {blocks.map((block, index) => (
        // The blocks of one text never change places.
        <ProseBlock key={`${index}-${block.kind}`} block={block} sources={sources} />
      ))}
    </div>
  );
}

function ProseBlock({ block, sources }: { block: Block; sources: readonly string[] }) {
  const spans = block.spans.map((span, index) => {
    const key = `${index}-${span.kind}`;
    if (span.kind === 'code') return <code key={key}>{span.text}</code>;
    if (span.kind === 'strong') return <strong key={key}>{span.text}</strong>;
    if (span.kind === 'cite')
      return (
        <sup key={key} title={sources[Number(span.text) - 1]}>
          {span.text}
        </sup>
      );
    return span.text;
  });
  if (block.kind === 'heading') return <h3>{spans}</h3>;
  if (block.kind === 'code') return <pre className="code">{block.spans.map((span) => span.text).join('')}</pre>;
  return <p className={block.kind === 'item' ? 'prose-item' : undefined}>{spans}</p>;
}
