import { ClipboardPaste, Pencil, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { PastedHit } from '#shared/contract/intel.ts';
import { asContractError, type RedoubtClient, upload, useAction, useClient, useQuery } from '#renderer/client/index.ts';
import { entityHref } from '#renderer/features/knowledge/index.ts';
import { Button, Empty, Failed, LinkButton, Loading, Notice, Shown, TextArea, toast, useText, type ViewProps } from '#renderer/ui/index.ts';
import { HitTable } from './hit-table.tsx';
import { MarkedText } from './marked-text.tsx';
import { usePasted } from './paste-store.ts';
import { type Kept, SourceForm } from './source-form.tsx';
import './paste.css';

/** Longer texts go as a file. */
const direct = 300_000;

async function recognise(client: RedoubtClient, text: string, signal: AbortSignal) {
  if (text.length <= direct) return client.intel.recognise({ text }, { signal });
  const uploadId = await upload(client, new File([text], 'paste.txt'), () => {}, signal);
  return client.intel.recognise({ uploadId }, { signal });
}

const isSure = (hit: PastedHit) => hit.keepable && !hit.doubt && hit.warninglists.length === 0;

/** Text from anywhere: what it names, what is known of it, and what of it to keep. */
export function PasteView(_: ViewProps) {
  const t = useText();
  const client = useClient();
  const { text, chosen, editing } = usePasted();
  const box = useRef<HTMLDivElement>(null);
  const [asked, setAsked] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), 250);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (editing) box.current?.querySelector('textarea')?.focus();
  }, [editing]);
  const answer = useQuery((on, signal) => recognise(on, asked, signal), [asked], { enabled: asked.trim() !== '' });
  const isBlank = text.trim() === '';
  // Names and addresses are indexed while nothing is pasted yet, and again when the graph changes meanwhile.
  useQuery((on, signal) => on.intel.recognise({ text: '' }, { signal }), [], { enabled: isBlank });
  const found = isBlank ? undefined : answer.data;
  const hits = found?.hits ?? [];
  const counted = hits.filter(({ key }) => chosen.has(key));
  const choose = (keys: Iterable<string>) => usePasted.setState({ chosen: new Set(keys) });
  const sure = () => choose(hits.filter(isSure).map(({ key }) => key));

  const undo = (action: string) =>
    client.knowledge.undo({ action }).then(
      (entry) => toast(t('paste.undone', { what: entry.what })),
      (error: unknown) => toast(asContractError(error).message),
    );
  const keep = useAction(async (on, kept: Kept) => {
    if (!found) return undefined;
    const outcome = await on.intel.keepPasted({ pasteId: found.pasteId, keys: counted.map(({ key }) => key), ...kept });
    const { action, created, updated } = outcome;
    toast(
      t('paste.kept', { count: created + updated, title: kept.source.title }),
      action ? { label: t('edit.undo'), run: () => void undo(action) } : undefined,
    );
    choose([]);
    return outcome;
  });
  const [outcome, setOutcome] = useState<Awaited<ReturnType<typeof keep.run>>>();

  return (
    <div className="view-page paste">
      <div className="view-head">
        <h1>{t('paste.title')}</h1>
        <span className="quiet">{t('paste.about')}</span>
      </div>
      <div className="hidden-visually" role="status">
        {found ? t('paste.status', { count: found.total }) : ''}
      </div>
      <div className="paste-columns">
        <section className="paste-text" ref={box}>
          {editing || isBlank ? (
            <TextArea
              label={t('paste.text')}
              placeholder={t('paste.placeholder')}
              value={text}
              maxLength={2_000_000}
              spellCheck={false}
              onChange={(event) => usePasted.setState({ text: event.target.value })}
              onPaste={() => setTimeout(() => usePasted.setState({ editing: false }))}
            />
          ) : (
            <MarkedText
              text={text}
              hits={hits}
              chosen={chosen}
              onPick={(key) => document.getElementById(`hit-${key}`)?.scrollIntoView({ block: 'center' })}
            />
          )}
          <div className="row">
            {!editing && !isBlank ? (
              <Button icon={Pencil} onClick={() => usePasted.setState({ editing: true })}>
                {t('paste.edit')}
              </Button>
            ) : null}
            {isBlank ? null : (
              <Button kind="quiet" icon={X} onClick={() => usePasted.setState({ text: '', chosen: new Set(), editing: true })}>
                {t('paste.clear')}
              </Button>
            )}
          </div>
        </section>
        <section className="paste-found" aria-labelledby="paste-found">
          <div className="view-head">
            <h2 id="paste-found">{t('paste.hits')}</h2>
            {found && found.total > 0 ? <Shown shown={found.shown} total={found.total} what={t('paste.what')} /> : null}
          </div>
          {answer.error && !isBlank ? <Failed error={answer.error} onRetry={answer.reload} /> : null}
          {answer.loading && !isBlank && !found ? <Loading label={t('paste.reading')} /> : null}
          {isBlank ? (
            <Empty icon={ClipboardPaste} title={t('paste.title')}>
              {t('paste.empty')}
            </Empty>
          ) : null}
          {found && hits.length === 0 ? <p className="quiet">{t('paste.none')}</p> : null}
          {hits.length > 0 ? (
            <>
              <div className="row">
                <Button small onClick={sure}>
                  {t('paste.chooseSure')}
                </Button>
                <Button small kind="quiet" disabled={counted.length === 0} onClick={() => choose([])}>
                  {t('paste.chooseNone')}
                </Button>
                <span className="quiet small">{t('paste.chosen', { chosen: counted.length, total: hits.length })}</span>
              </div>
              <HitTable
                hits={hits}
                chosen={chosen}
                onSure={sure}
                onChoose={(key, is) => {
                  const next = new Set(chosen);
                  if (is) next.add(key);
                  else next.delete(key);
                  choose(next);
                }}
              />
              {found && found.searched < hits.filter(({ kind }) => kind !== 'name').length - 50 ? (
                <p className="quiet small">{t('paste.searched', { searched: t.number(found.searched), total: t.number(found.total) })}</p>
              ) : null}
            </>
          ) : null}
        </section>
      </div>
      {hits.length > 0 ? (
        <section className="panel paste-keep">
          <SourceForm count={counted.length} busy={keep.busy} onKeep={(kept) => void keep.run(kept).then(setOutcome)} />
          {keep.error ? <Failed error={keep.error} /> : null}
          {outcome ? (
            <Notice
              kind="good"
              title={t('paste.kept', { count: outcome.created + outcome.updated, title: t('kind.report') })}
              action={<LinkButton href={entityHref(outcome.report)}>{t('paste.report')}</LinkButton>}
            >
              {outcome.left.length > 0 ? (
                <>
                  <p>{t('paste.left')}</p>
                  <ul>
                    {outcome.left.slice(0, 20).map(({ value, why }) => (
                      <li key={value}>{`${value}: ${why}`}</li>
                    ))}
                  </ul>
                </>
              ) : null}
            </Notice>
          ) : null}
        </section>
      ) : null}
    </div>
  );
}
