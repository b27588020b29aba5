import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Entity, Neighbour } from '#shared/contract/knowledge.ts';
import { useQuery } from '#renderer/client/index.ts';
import { Button, Failed, IconButton, Shown, useText } from '#renderer/ui/index.ts';
import { EntityLine, EntityMarks, KindGlyph, relationLabel, typeLabel } from '../entity-parts.tsx';
import { useEdit } from '../use-edit.ts';
import { ProseView } from './prose-view.tsx';
import { RelateForm } from './relate-form.tsx';

type Group = Entity['neighbours'][number];
const step = 25;

/** Relationships by kind, with their counts; the chosen kind as a table that grows on demand. */
export function Relationships({ entity }: { entity: Entity }) {
  const t = useText();
  const groups = [...entity.neighbours].sort((a, b) => b.count - a.count);
  const [chosen, setChosen] = useState<string | undefined>();
  const [limit, setLimit] = useState(step);
  const [relating, setRelating] = useState(false);
  const group = groups.find((one) => nameOf(one) === chosen);
  const asked = group ? { direction: group.direction, relationshipTypes: [group.relationshipType], types: [group.type] } : {};
  const { data, error, reload } = useQuery(
    (client, signal) => client.knowledge.listNeighbours({ id: entity.id, ...asked, limit }, { signal }),
    [entity.id, asked, limit],
  );
  const choose = (next: string | undefined) => {
    setChosen(next);
    setLimit(step);
  };
  return (
    <section aria-labelledby="relationships">
      <div className="view-head">
        <h2 id="relationships">{t('entity.relationships')}</h2>
        {data ? <Shown shown={data.rows.length} total={data.total} /> : null}
        <span className="grow" />
        {relating ? null : (
          <Button small icon={Plus} onClick={() => setRelating(true)}>
            {t('relate.open')}
          </Button>
        )}
      </div>
      {relating ? <RelateForm entity={entity} onClose={() => setRelating(false)} /> : null}
      {groups.length === 0 ? <p className="quiet">{t('entity.noRelationships')}</p> : null}
      <div className="groups" role="group" aria-label={t('entity.relationshipKinds')}>
        {groups.length > 1 ? (
          <button type="button" className="group" aria-pressed={group === undefined} onClick={() => choose(undefined)}>
            {t('ui.everything')} <b>{t.number(groups.reduce((sum, one) => sum + one.count, 0))}</b>
          </button>
        ) : null}
        {groups.map((one) => (
          <button key={nameOf(one)} type="button" className="group" aria-pressed={one === group} onClick={() => choose(nameOf(one))}>
            <KindGlyph type={one.type} size={12} />
            <span className="quiet">{relationLabel(t, one.relationshipType, one.direction)}</span> {typeLabel(t, one.type)}{' '}
            <b>{t.number(one.count)}</b>
          </button>
        ))}
      </div>
      {error ? <Failed error={error} onRetry={reload} /> : null}
      {data && data.rows.length > 0 ? (
        <div className="table-scroll panel">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('entity.relation')}</th>
                <th scope="col">{t('entity.neighbour')}</th>
                <th scope="col">{t('entity.relationDescription')}</th>
                <th scope="col">
                  <span className="hidden-visually">{t('entity.delete')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <Row key={`${row.relationshipId ?? row.relationshipType} ${row.direction} ${row.entity.id}`} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {data && data.rows.length < data.total && limit < 500 ? (
        <Button onClick={() => setLimit(Math.min(500, limit * 2))}>{t('ui.more')}</Button>
      ) : null}
    </section>
  );
}

function Row({ row }: { row: Neighbour }) {
  const t = useText();
  const { run, busy } = useEdit();
  const { relationshipId } = row;
  const relation = relationLabel(t, row.relationshipType, row.direction);
  return (
    <tr>
      <td className="relation-cell">{relation}</td>
      <td className="neighbour-cell">
        <EntityLine entity={row.entity} /> <EntityMarks entity={row.entity} />
      </td>
      <td className="small">{row.description ? <ProseView text={row.description} /> : null}</td>
      <td className="act-cell">
        {relationshipId ? (
          <IconButton
            small
            icon={Trash2}
            disabled={busy}
            label={t('relate.remove', { relation, name: row.entity.name })}
            onClick={() =>
              void run(
                (client) => client.knowledge.deleteObject({ id: relationshipId }),
                t('relate.removed', { relation, name: row.entity.name }),
              )
            }
          />
        ) : null}
      </td>
    </tr>
  );
}

const nameOf = (group: Group) => `${group.relationshipType} ${group.direction} ${group.type}`;
