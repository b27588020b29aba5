import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Entity, HistoryEntry, PropertyDifference, Provenance } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Button, Failed, IconButton, Loading, Shown, useText } from '#renderer/ui/index.ts';
import { useEdit } from '../use-edit.ts';
import { propertyLabel } from './fact-table.tsx';
import { ValueText } from './value-text.tsx';
import { wordDiff } from './word-diff.ts';

const step = 25;

/** A state the object was in: after an import wrote it, or after something was done to it. */
interface Version {
  readonly moment: string;
  readonly at: string;
  readonly what: string;
  readonly by: string;
}

/** The states of an object, newest first: what imports wrote, and what was done since; undone actions left out. */
function statesOf(
  versions: readonly { provenance: Provenance }[],
  history: readonly HistoryEntry[],
  kind: (provenance: Provenance) => string,
): Version[] {
  const states = new Map<string, Version>();
  for (const { provenance } of versions) {
    const moment = isOperation(provenance.operation) ? provenance.operation : provenance.at;
    states.set(moment, { moment, at: provenance.at, what: provenance.source, by: kind(provenance) });
  }
  for (const { action, at, what, actor, importId, undone } of history)
    if (importId === undefined && !undone && !states.has(action)) states.set(at, { moment: at, at, what, by: actor });
  return [...states.values()].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}

const isOperation = (text: string) => /^[0-9a-f-]{36}:\d{1,15}$/.test(text);

/** The states of an object; two of them laid over each other, and the way back to one. */
export function VersionsTab({ entity }: { entity: Entity }) {
  const t = useText();
  const { data, error, reload } = useQuery(
    async (client, signal) =>
      Promise.all([
        client.knowledge.listVersions({ id: entity.id }, { signal }),
        client.knowledge.listHistory({ id: entity.id, limit: 500 }, { signal }),
      ]),
    [entity.id],
  );
  const [pair, setPair] = useState<{ from?: string; to?: string }>({});
  const [most, setMost] = useState(step);
  const edit = useEdit();
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  const versions = statesOf(data[0], data[1].rows, ({ kind }) => t(`provenance.${kind}`));
  const to = versions.find(({ moment }) => moment === pair.to) ?? versions[0];
  const from = versions.find(({ moment }) => moment === pair.from) ?? versions[versions.findIndex((one) => one === to) + 1] ?? to;
  if (!to || !from) return <p className="quiet">{t('versions.none')}</p>;
  return (
    <div className="versions">
      <section aria-labelledby="versions">
        <div className="view-head">
          <h2 id="versions">{t('versions.list')}</h2>
          <Shown shown={Math.min(most, versions.length)} total={versions.length} />
        </div>
        <div className="table-scroll panel">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('versions.from')}</th>
                <th scope="col">{t('versions.to')}</th>
                <th scope="col">{t('versions.state')}</th>
                <th scope="col">
                  <span className="hidden-visually">{t('versions.revert')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {versions.slice(0, most).map((version, index) => {
                const at = t.time(version.at);
                return (
                  <tr key={version.moment} className={version === to || version === from ? 'version-picked' : undefined}>
                    <td>
                      <input
                        type="radio"
                        name="version-from"
                        aria-label={t('versions.pick.from', { at })}
                        checked={version === from}
                        onChange={() => setPair({ from: version.moment, to: to.moment })}
                      />
                    </td>
                    <td>
                      <input
                        type="radio"
                        name="version-to"
                        aria-label={t('versions.pick.to', { at })}
                        checked={version === to}
                        onChange={() => setPair({ from: from.moment, to: version.moment })}
                      />
                    </td>
                    <td>
                      {version.what} {index === 0 ? <span className="chip chip-good">{t('entity.current')}</span> : null}
                      <span className="version-by quiet small">{t('entity.noteBy', { author: version.by, at })}</span>
                    </td>
                    <td className="act-cell">
                      {index === 0 ? null : (
                        <IconButton
                          small
                          icon={RotateCcw}
                          disabled={edit.busy}
                          label={t('versions.revert')}
                          onClick={() =>
                            void edit.run(
                              (client) => client.knowledge.revertObject({ id: entity.id, at: version.moment }),
                              t('versions.reverted', { at }),
                            )
                          }
                        />
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
        {versions.length > most ? <Button onClick={() => setMost(most * 2)}>{t('ui.more')}</Button> : null}
      </section>
      <section aria-labelledby="compared">
        <h2 id="compared">{t('versions.compare')}</h2>
        {versions.length < 2 ? (
          <p className="quiet">{t('versions.one')}</p>
        ) : (
          <Comparison
            key={`${from.moment} ${to.moment}`}
            id={entity.id}
            from={from.moment}
            to={to === versions[0] ? undefined : to.moment}
          />
        )}
      </section>
    </div>
  );
}

function Comparison({ id, from, to }: { id: string; from: string; to: string | undefined }) {
  const t = useText();
  const edit = useEdit();
  const { data, error, reload } = useQuery(
    (client, signal) => client.knowledge.compareVersions({ id, from, ...(to !== undefined && { to }) }, { signal }),
    [id, from, to],
  );
  if (error) return <Failed error={error} onRetry={reload} />;
  if (!data) return <Loading />;
  const differences = data.differences.filter(({ property }) => property !== 'modified');
  const { added, removed } = data.tags;
  if (differences.length === 0 && added.length === 0 && removed.length === 0) return <p className="quiet">{t('versions.same')}</p>;
  return (
    <div className="differences">
      {differences.map((difference) => (
        <section key={difference.property} className="difference panel" aria-label={propertyLabel(t, difference.property)}>
          <div className="row">
            <h3>{propertyLabel(t, difference.property)}</h3>
            <span className={`chip ${chips[difference.state]}`}>{t(`versions.state.${difference.state}`)}</span>
            <span className="grow" />
            {unrevertible.has(difference.property) ? null : (
              <Button
                small
                kind="quiet"
                icon={RotateCcw}
                disabled={edit.busy}
                onClick={() =>
                  void edit.run((client) =>
                    client.knowledge.setProperty({ id, property: difference.property, value: difference.before ?? null }),
                  )
                }
              >
                {t('versions.revertOne', { property: propertyLabel(t, difference.property) })}
              </Button>
            )}
          </div>
          <DifferenceText difference={difference} />
        </section>
      ))}
      {added.length + removed.length > 0 ? (
        <section className="difference panel" aria-label={t('entity.tags')}>
          <h3>{t('entity.tags')}</h3>
          <p className="row">
            <Chips items={removed} state="removed" />
            <Chips items={added} state="added" />
          </p>
        </section>
      ) : null}
    </div>
  );
}

const chips = { added: 'chip-good', changed: 'chip-warn', removed: 'chip-bad' } as const;
/** The engine refuses to set these: they say which object it is. */
const unrevertible = new Set(['id', 'type', 'spec_version', 'created', 'modified', 'source_ref', 'target_ref', 'relationship_type']);

function DifferenceText({ difference: { before, after, items } }: { difference: PropertyDifference }) {
  const t = useText();
  const short = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  if (items)
    return (
      <p className="row">
        <Chips items={items.removed.map(short)} state="removed" />
        <Chips items={items.added.map(short)} state="added" />
      </p>
    );
  if (typeof before === 'string' && typeof after === 'string')
    return (
      <p className="diff-text">
        {wordDiff(before, after).map((piece, index) => {
          const key = `${index}-${piece.state}`;
          if (piece.state === 'same') return <span key={key}>{piece.text}</span>;
          return piece.state === 'removed' ? (
            <del key={key}>
              <span className="hidden-visually">{t('versions.deleted')}</span>
              {piece.text}
            </del>
          ) : (
            <ins key={key}>
              <span className="hidden-visually">{t('versions.inserted')}</span>
              {piece.text}
            </ins>
          );
        })}
      </p>
    );
  return (
    <div className="diff-values">
      {before === undefined ? null : (
        <del>
          <span className="hidden-visually">{t('versions.deleted')}</span>
          <ValueText value={before} />
        </del>
      )}
      {after === undefined ? null : (
        <ins>
          <span className="hidden-visually">{t('versions.inserted')}</span>
          <ValueText value={after} />
        </ins>
      )}
    </div>
  );
}

function Chips({ items, state }: { items: readonly string[]; state: 'added' | 'removed' }) {
  const t = useText();
  return items.map((item) =>
    state === 'added' ? (
      <ins key={item} className="chip chip-good clip" title={item}>
        <span className="hidden-visually">{t('versions.inserted')}</span>+ {item}
      </ins>
    ) : (
      <del key={item} className="chip chip-bad clip" title={item}>
        <span className="hidden-visually">{t('versions.deleted')}</span>− {item}
      </del>
    ),
  );
}
