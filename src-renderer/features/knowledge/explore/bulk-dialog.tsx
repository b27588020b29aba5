import { useId, useState } from 'react';
import type { BulkChange, BulkReport, EntitySummary } from '#shared/contract/knowledge.ts';
import { suggestedVerbs } from '#shared/domain/knowledge/stix21/suggestions.ts';
import { asContractError, finished, useClient, useJob, useQuery } from '#renderer/client/index.ts';
import { Button, Dialog, Failed, Notice, Progress, Segments, Select, TextArea, TextField, useText } from '#renderer/ui/index.ts';
import { EntityPicker } from '../entity-picker.tsx';
import { draftOf, isPropertyName, kindOfProperty, kindsOfValue, parseDraft, type ValueKind } from '../entity/property-kinds.ts';
import { ValueEditor } from '../entity/value-editor.tsx';
import type { engineFilters } from '../entity-filters.tsx';
import { useUndo } from '../use-edit.ts';
import { Words } from '../words.tsx';

export type BulkKind = BulkChange['do'];
/** Those named, or all that pass a filter. */
export interface BulkTarget {
  readonly ids?: string[];
  readonly filter?: ReturnType<typeof engineFilters>;
}

/** Asks what to do, says what it would do, does it as a job that can be cancelled, and reports. */
export function BulkDialog({ kind, target, count, onClose }: { kind: BulkKind; target: BulkTarget; count: number; onClose: () => void }) {
  const t = useText();
  const client = useClient();
  const { offer } = useUndo();
  const [change, setChange] = useState<BulkChange | undefined>(kind === 'delete' ? { do: 'delete' } : undefined);
  const [jobId, setJobId] = useState<string | undefined>();
  const [report, setReport] = useState<BulkReport | undefined>();
  const [failure, setFailure] = useState<{ message: string } | undefined>();
  const job = useJob(jobId);
  const preview = useQuery(
    (on, signal) => on.knowledge.previewBulkEdit({ ...target, change: change ?? { do: 'delete' } }, { signal }),
    [target, change],
    { enabled: change !== undefined && jobId === undefined && !report },
  );
  const run = async () => {
    if (!change) return;
    setFailure(undefined);
    try {
      const started = await client.knowledge.bulkEdit({ ...target, change });
      setJobId(started.jobId);
      await finished(client, started.jobId);
      const done = await client.knowledge.getBulkReport({ jobId: started.jobId });
      if (done.action) offer(done.action, t('bulk.done', { changed: done.changed, unchanged: done.unchanged, refused: done.refusedTotal }));
      if (done.refusedTotal > 0) setReport(done);
      else onClose();
    } catch (error) {
      const cause = asContractError(error);
      if (cause.code === 'cancelled') onClose();
      else setFailure(cause);
    } finally {
      setJobId(undefined);
    }
  };
  const would = change ? preview.data : undefined;
  return (
    <Dialog
      title={`${t(`bulk.${kind}`)}: ${t('table.selected', { count })}`}
      onClose={() => (jobId === undefined ? onClose() : void client.jobs.cancel({ jobId }))}
      foot={
        report ? (
          <Button onClick={onClose}>{t('ui.close')}</Button>
        ) : jobId !== undefined ? (
          <Button onClick={() => void client.jobs.cancel({ jobId })}>{t('ui.cancel')}</Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button
              kind={kind === 'delete' ? 'danger' : 'primary'}
              disabled={!would || would.changes === 0 || preview.loading}
              onClick={() => void run()}
            >
              {t('bulk.do', { count: would?.changes ?? 0 })}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        {report ? (
          <>
            <Notice kind="warn">
              {t('bulk.done', { changed: report.changed, unchanged: report.unchanged, refused: report.refusedTotal })}
            </Notice>
            <ul className="bulk-refused" aria-label={t('bulk.report')}>
              {report.refused.slice(0, 200).map(({ id, reason }) => (
                <li key={id}>
                  <code className="small">{id}</code> {reason}
                </li>
              ))}
              {report.refusedTotal > 200 ? <li className="shown">{t('ui.andMore', { count: report.refusedTotal - 200 })}</li> : null}
            </ul>
          </>
        ) : jobId !== undefined ? (
          <>
            <Progress value={job?.progress} label={t('bulk.running')} />
            <p role="status">{job?.detail ?? t('bulk.running')}</p>
          </>
        ) : (
          <ChangeFields kind={kind} onChange={setChange} />
        )}
        {failure ? <Failed error={failure} /> : null}
        {preview.error && change ? <Failed error={preview.error} /> : null}
        {!report && jobId === undefined && change && !would && !preview.error ? <p className="quiet">{t('bulk.counting')}</p> : null}
        {would && !report && jobId === undefined ? (
          <>
            <p role="status">
              {t('bulk.would', { changes: would.changes, unchanged: would.unchanged, refused: would.refused, objects: would.objects })}
            </p>
            {would.reasons.length > 0 ? (
              <ul className="bulk-refused" aria-label={t('bulk.reasons')}>
                {would.reasons.map((reason) => (
                  <li key={reason}>{reason}</li>
                ))}
              </ul>
            ) : null}
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

function ChangeFields({ kind, onChange }: { kind: BulkKind; onChange: (change: BulkChange | undefined) => void }) {
  if (kind === 'tag' || kind === 'untag') return <TagFields kind={kind} onChange={onChange} />;
  if (kind === 'set') return <SetFields onChange={onChange} />;
  if (kind === 'relate') return <RelateFields onChange={onChange} />;
  if (kind === 'note') return <NoteFields onChange={onChange} />;
  return <DeleteWords />;
}

function DeleteWords() {
  const t = useText();
  return <p>{t('entity.delete.hint')}</p>;
}

type OnChange = (change: BulkChange | undefined) => void;

function TagFields({ kind, onChange }: { kind: 'tag' | 'untag'; onChange: OnChange }) {
  const t = useText();
  const id = useId();
  const [tag, setTag] = useState('');
  const known = useQuery((client, signal) => client.knowledge.listFacets(undefined, { signal }), []).data?.tags ?? [];
  return (
    <>
      <TextField
        label={t(`bulk.${kind}`)}
        list={`${id}-tags`}
        maxLength={100}
        autoFocus
        value={tag}
        onChange={(event) => {
          setTag(event.target.value);
          const word = event.target.value.trim();
          onChange(word === '' ? undefined : { do: kind, tag: word });
        }}
      />
      <Words id={`${id}-tags`} words={known.map(({ value }) => value)} />
    </>
  );
}

function NoteFields({ onChange }: { onChange: OnChange }) {
  const t = useText();
  const [content, setContent] = useState('');
  return (
    <TextArea
      label={t('bulk.note')}
      rows={4}
      autoFocus
      value={content}
      onChange={(event) => {
        setContent(event.target.value);
        const words = event.target.value.trim();
        onChange(words === '' ? undefined : { do: 'note', content: words });
      }}
    />
  );
}

function SetFields({ onChange }: { onChange: OnChange }) {
  const t = useText();
  const [property, setProperty] = useState('');
  const [kind, setKind] = useState<ValueKind>('text');
  const [draft, setDraft] = useState(() => draftOf(undefined, 'text'));
  const [clear, setClear] = useState(false);
  const [problem, setProblem] = useState<string | undefined>();
  const tell = (name: string, of: ValueKind, written: typeof draft, none: boolean) => {
    if (!isPropertyName(name)) return onChange(undefined);
    if (none) return onChange({ do: 'set', property: name, value: null });
    const parsed = parseDraft(written, of);
    const wrong = 'problem' in parsed && parsed.problem !== 'empty' ? parsed : undefined;
    setProblem(
      wrong && (wrong.problem === 'json' ? t('property.problem.json', { why: wrong.why }) : t(`property.problem.${wrong.problem}`)),
    );
    onChange('value' in parsed ? { do: 'set', property: name, value: parsed.value } : undefined);
  };
  return (
    <>
      <TextField
        label={t('property.name')}
        hint={t('property.name.hint')}
        spellCheck={false}
        autoFocus
        value={property}
        onChange={(event) => {
          const name = event.target.value.trim();
          const usual = kindOfProperty('', name, undefined).kind;
          const next = draft.text === '' && draft.items.length === 0 ? usual : kind;
          setProperty(name);
          setKind(next);
          tell(name, next, draft, clear);
        }}
      />
      <label className="check">
        <input
          type="checkbox"
          checked={clear}
          onChange={(event) => {
            setClear(event.target.checked);
            tell(property, kind, draft, event.target.checked);
          }}
        />
        <span>{t('bulk.clear')}</span>
      </label>
      {clear ? null : (
        <>
          <Select
            label={t('property.kind')}
            value={kind}
            options={kindsOfValue.filter((one) => one !== 'choice').map((one) => ({ value: one, label: t(`property.kind.${one}`) }))}
            onChange={(next) => {
              const written = draftOf(undefined, next);
              setKind(next);
              setDraft(written);
              tell(property, next, written, false);
            }}
          />
          <ValueEditor
            label={t('property.value')}
            kind={kind}
            draft={draft}
            error={problem}
            onChange={(next) => {
              setDraft(next);
              tell(property, kind, next, false);
            }}
          />
        </>
      )}
    </>
  );
}

function RelateFields({ onChange }: { onChange: OnChange }) {
  const t = useText();
  const id = useId();
  const [state, setState] = useState<{ direction: 'out' | 'in'; verb: string; target: EntitySummary | undefined }>({
    direction: 'out',
    verb: 'related-to',
    target: undefined,
  });
  const change = (next: typeof state) => {
    setState(next);
    const fit = next.target && /^[a-z0-9-]{3,250}$/.test(next.verb);
    onChange(
      fit && next.target ? { do: 'relate', relationshipType: next.verb, target: next.target.id, direction: next.direction } : undefined,
    );
  };
  return (
    <>
      <Segments
        label={t('relate.direction')}
        value={state.direction}
        options={[
          { value: 'out', label: t('relate.out') },
          { value: 'in', label: t('relate.in') },
        ]}
        onChange={(direction) => change({ ...state, direction })}
      />
      <TextField
        label={t('relate.type')}
        list={`${id}-verbs`}
        spellCheck={false}
        value={state.verb}
        onChange={(event) => change({ ...state, verb: event.target.value.trim().toLowerCase() })}
      />
      <Words id={`${id}-verbs`} words={suggestedVerbs(state.direction === 'in' ? (state.target?.type ?? '') : '')} />
      <EntityPicker
        label={t('relate.target')}
        chosen={state.target}
        onChoose={(target) => change({ ...state, target })}
        onClear={() => change({ ...state, target: undefined })}
      />
    </>
  );
}
