import { Fragment, type ReactNode } from 'react';
import type { PastedHit } from '#shared/contract/intel.ts';
import { Shown, useText } from '#renderer/ui/index.ts';

/** Characters shown; the whole text was read. */
const mostShown = 60_000;

/** Characters that cannot be seen or that turn the direction of writing: shown as what they are. */
const invisible =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/;

/** The text with its hits marked. Text only: nothing in it is ever taken for markup. */
export function MarkedText({
  text,
  hits,
  chosen,
  onPick,
}: {
  text: string;
  hits: readonly PastedHit[];
  chosen: ReadonlySet<string>;
  onPick: (key: string) => void;
}) {
  const t = useText();
  const places = hits
    .flatMap((hit) => hit.places.map((place) => ({ ...place, hit })))
    .filter(({ start }) => start < mostShown)
    .sort((a, b) => a.start - b.start || b.end - a.end);
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end, hit } of places) {
    if (start < at) continue;
    parts.push(<Visible key={`t${at}`} text={text.slice(at, start)} />);
    parts.push(
      <mark
        key={`m${start}`}
        className={`paste-mark${hit.known.length > 0 ? ' paste-mark-known' : ''}${hit.doubt || hit.warninglists.length > 0 ? ' paste-mark-doubt' : ''}${chosen.has(hit.key) ? ' paste-mark-chosen' : ''}`}
        title={`${t(`paste.kind.${hit.kind}`)}: ${hit.value}`}
        onClick={() => onPick(hit.key)}
      >
        <Visible text={text.slice(start, Math.min(end, mostShown))} />
      </mark>,
    );
    at = end;
  }
  parts.push(<Visible key="rest" text={text.slice(at, mostShown)} />);
  return (
    <>
      <pre className="paste-marked" tabIndex={0} role="region" aria-label={t('paste.marked')}>
        {parts}
      </pre>
      {text.length > mostShown ? <Shown shown={mostShown} total={text.length} what={t('paste.characters')} /> : null}
    </>
  );
}

/** Text whose invisible characters can be seen. */
export function Visible({ text }: { text: string }) {
  const t = useText();
  if (!invisible.test(text)) return <bdi>{text}</bdi>;
  const parts = text.split(
    /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])/,
  );
  return (
    <bdi>
      {parts.map((part, at) => {
        if (at % 2 === 0) return <Fragment key={at}>{part}</Fragment>;
        const code = `U+${(part.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
        return (
          <span key={at} className="paste-invisible" title={t('paste.invisible', { code })}>
            {code}
          </span>
        );
      })}
    </bdi>
  );
}
