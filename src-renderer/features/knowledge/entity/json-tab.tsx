import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, Download } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import type { Entity } from '#shared/contract/knowledge.ts';
import { saveFile } from '#renderer/client/index.ts';
import { Button, CopyButton, useText } from '#renderer/ui/index.ts';
import { linesWith, tokensOf } from './json-lines.ts';

const lineHeight = 20;

/** The object as it is kept, line by line: only the lines in sight are drawn, so that a large one costs no more than a small. */
export function JsonTab({ entity }: { entity: Entity }) {
  const t = useText();
  const text = useMemo(() => JSON.stringify(entity.object, null, 2), [entity.object]);
  const lines = useMemo(() => text.split('\n'), [text]);
  const [sought, setSought] = useState('');
  const [at, setAt] = useState(0);
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => lineHeight,
    overscan: 20,
  });
  const found = useMemo(() => linesWith(lines, sought), [lines, sought]);
  const current = found.length > 0 ? found[at % found.length] : undefined;
  const goTo = (index: number) => {
    setAt(index);
    const line = found[index % Math.max(1, found.length)];
    if (line !== undefined) virtual.scrollToIndex(line, { align: 'center' });
  };
  return (
    <section className="json-tab" aria-labelledby="json">
      <div className="view-head">
        <h2 id="json">{t('entity.raw')}</h2>
        <span className="shown">
          {t.number(lines.length)} {t('json.lines')}, {t.bytes(text.length)}
        </span>
        <span className="grow" />
        <CopyButton words text={text} label={t('entity.copyJson')} />
        <Button
          icon={Download}
          onClick={() => saveFile(new Blob([text], { type: 'application/stix+json' }), `${entity.id.slice(0, 200)}.json`)}
        >
          {t('json.download')}
        </Button>
      </div>
      <form
        className="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          goTo(at + 1);
        }}
      >
        <input
          className="input json-find"
          type="search"
          aria-label={t('json.find')}
          placeholder={t('json.find')}
          value={sought}
          onChange={(event) => {
            setSought(event.target.value);
            setAt(0);
            const first = linesWith(lines, event.target.value)[0];
            if (first !== undefined) virtual.scrollToIndex(first, { align: 'center' });
          }}
        />
        <Button type="submit" icon={ArrowDown} disabled={found.length === 0}>
          {t('json.next')}
        </Button>
        <span className="shown" role="status">
          {sought ? t('json.found', { count: found.length }) : ''}
        </span>
      </form>
      <div
        ref={frame}
        className="json-lines"
        role="region"
        tabIndex={0}
        aria-label={t('json.label')}
        style={{ maxHeight: (lines.length + 1) * lineHeight }}
      >
        <div className="json-body" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <div
              key={item.key}
              className={item.index === current ? 'json-line json-line-found' : 'json-line'}
              style={{ top: item.start, height: lineHeight }}
            >
              <span className="json-number" aria-hidden>
                {item.index + 1}
              </span>
              {tokensOf(lines[item.index] ?? '').map((token, index) => (
                // The tokens of a line never change places.
                <span key={`${index}-${token.kind}`} className={`json-${token.kind}`}>
                  {token.text}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}
