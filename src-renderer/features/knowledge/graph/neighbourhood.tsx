import { Crosshair, Route } from 'lucide-react';
import { type CSSProperties, type KeyboardEvent, useEffect, useMemo, useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { GraphScene } from '#renderer/scene/index.ts';
import { actionOf, Button, Failed, type GridColumn, go, LinkButton, Loading, Segments, useText, VirtualGrid } from '#renderer/ui/index.ts';
import { EntityLine, KindGlyph, relationLabel, typeLabel } from '../entity-parts.tsx';
import { kindOf } from '../kinds.ts';
import { entityHref, graphHref, pathsHref } from '../links.ts';
import { type GraphAct, graphKeys } from './graph-keys.ts';
import { useColours, useReducedMotion } from './use-colours.ts';
import { neighboursOf, type Walk, type WalkRow, walkAround, walkBack, walkInto, walkRows } from './walk.ts';
import './graph.css';

const hopChoices = [1, 2, 3] as const;
const limits = [300, 1000] as const;

/** The surroundings of one entity, as a picture and as a table of the same nodes that move together. */
export function Neighbourhood({ id, tall }: { id: string; tall?: boolean }) {
  const t = useText();
  const colours = useColours();
  const reducedMotion = useReducedMotion();
  const [hops, setHops] = useState<1 | 2 | 3>(1);
  const [limit, setLimit] = useState<number>(limits[0]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [focusRequests, setFocusRequests] = useState(0);
  const [walk, setWalk] = useState<Walk>({ from: id, at: id, trail: [] });
  const all = useQuery((client, signal) => client.knowledge.getNeighbourhood({ ids: [id], hops, limit }, { signal }), [id, hops, limit]);
  const types = useMemo(() => {
    const counts = new Map<string, number>();
    for (const node of all.data?.nodes ?? []) counts.set(node.type, (counts.get(node.type) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]);
  }, [all.data]);
  const kept = types.map(([type]) => type).filter((type) => !hidden.has(type));
  const some = useQuery(
    (client, signal) => client.knowledge.getNeighbourhood({ ids: [id], hops, limit, types: kept }, { signal }),
    [id, hops, limit, kept],
    { enabled: hidden.size > 0 && kept.length > 0 },
  );
  const found = hidden.size > 0 && kept.length > 0 ? (some.data ?? all.data) : all.data;
  useEffect(() => {
    setWalk({ from: id, at: id, trail: [] });
    setHidden(new Set());
  }, [id]);
  const rows = useMemo(() => walkRows(found?.nodes ?? [], found?.edges ?? [], id), [found, id]);
  const picture = useMemo(
    () => ({
      nodes: (found?.nodes ?? []).map((node) => ({
        id: node.id,
        label: node.name,
        shape: kindOf(node.type).shape,
        colour: colours.token(kindOf(node.type).colour),
        weight: node.degree,
      })),
      links: (found?.edges ?? []).map((edge) => ({
        source: edge.source,
        target: edge.target,
        label: relationLabel(t, edge.relationshipType, 'out'),
      })),
    }),
    [found, colours, t],
  );
  const columns = useMemo(
    (): GridColumn<WalkRow>[] => [
      { key: 'name', title: t('graph.node'), width: 'minmax(11rem, 2.2fr)', cell: (row) => <EntityLine entity={row.node} plain /> },
      {
        key: 'relation',
        title: t('graph.relation'),
        width: 'minmax(6.5rem, 1fr)',
        cell: ({ node, relation }) =>
          relation
            ? relationLabel(t, relation.relationshipType, relation.direction)
            : node.id === id
              ? t('graph.centre')
              : t('graph.hopsAway', { hops: node.hops }),
      },
      { key: 'degree', title: t('explore.links'), width: '4rem', numeric: true, cell: (row) => t.number(row.node.degree) },
    ],
    [t, id],
  );
  if (all.error) return <Failed error={all.error} onRetry={all.reload} />;
  if (!found) return <Loading />;
  const near = neighboursOf(walk.from, rows, found.edges);
  const selected = rows.findIndex((row) => row.node.id === walk.at);
  const here = rows[selected]?.node;
  const from = rows.find((row) => row.node.id === walk.from)?.node;
  const select = (at: string) => setWalk({ from: at, at, trail: walk.trail });
  const onKey = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return;
    const act = actionOf(graphKeys, event);
    if (act === undefined) return;
    const acts: Record<GraphAct, () => void> = {
      next: () => setWalk(walkAround(walk, near, 1)),
      previous: () => setWalk(walkAround(walk, near, -1)),
      into: () => setWalk(walkInto(walk)),
      back: () => setWalk(walkBack(walk)),
      focus: () => setFocusRequests(focusRequests + 1),
      expand: () => go(graphHref(walk.at)),
      paths: () => go(pathsHref({ from: id, ...(walk.at !== id && { to: walk.at }) })),
    };
    acts[act]();
    event.preventDefault();
  };
  return (
    <div className={tall ? 'hood hood-tall' : 'hood'} onKeyDown={onKey}>
      <div className="hood-bar">
        <Segments
          label={t('graph.hops')}
          value={String(hops)}
          options={hopChoices.map((choice) => ({ value: String(choice), label: t('graph.hopCount', { hops: choice }) }))}
          onChange={(value) => setHops(hopChoices.find((choice) => String(choice) === value) ?? 1)}
        />
        <Button small kind="quiet" icon={Crosshair} onClick={() => setFocusRequests(focusRequests + 1)} disabled={!here}>
          {t('graph.focus')}
        </Button>
        <LinkButton small kind="quiet" icon={Route} href={pathsHref({ from: id, ...(walk.at !== id && { to: walk.at }) })}>
          {t('paths.to')}
        </LinkButton>
      </div>
      <div className="hood-stage panel">
        <GraphScene
          nodes={picture.nodes}
          links={picture.links}
          centreId={id}
          selectedId={walk.at}
          colours={colours.scene}
          reducedMotion={reducedMotion}
          focusRequests={focusRequests}
          messages={{
            label: t('graph.label', { nodes: found.shownNodes, edges: found.shownEdges }),
            noWebGl: t('graph.noWebGl'),
            loading: t('graph.loading'),
          }}
          onNodeClick={(node) => select(node.id)}
          onBackgroundClick={() => select(id)}
        />
        <p className="hood-shown" data-testid="graph-shown">
          {t('graph.shown', {
            shownNodes: t.number(found.shownNodes),
            totalNodes: t.number(found.totalNodes),
            shownEdges: t.number(found.shownEdges),
            totalEdges: t.number(found.totalEdges),
            rankedBy: found.rankedBy,
          })}
          {found.shownNodes < found.totalNodes && limit < limits[1] ? (
            <Button small kind="quiet" onClick={() => setLimit(limits[1])}>
              {t('ui.more')}
            </Button>
          ) : null}
        </p>
      </div>
      <div className="hood-legend" role="group" aria-label={t('graph.legend')}>
        {types.map(([type, count]) => (
          <button
            key={type}
            type="button"
            className="legend-item"
            aria-pressed={!hidden.has(type)}
            onClick={() => {
              const next = new Set(hidden);
              if (!next.delete(type)) next.add(type);
              setHidden(next);
            }}
          >
            <KindGlyph type={type} size={12} /> {typeLabel(t, type)} <span className="quiet">{t.number(count)}</span>
          </button>
        ))}
      </div>
      <p className="hood-here" role="status" aria-live="polite">
        {here && from && here.id !== from.id
          ? t('graph.walking', { from: from.name, at: here.name, number: near.indexOf(here.id) + 1, total: near.length })
          : here
            ? t('graph.standing', { at: here.name, total: near.length })
            : ''}
        {here && here.id !== id ? <a href={entityHref(here.id)}>{t('entity.open')}</a> : null}
      </p>
      <div className="hood-table" style={{ '--rows': rows.length } as CSSProperties}>
        <VirtualGrid
          label={t('graph.table')}
          columns={columns}
          count={rows.length}
          row={(index) => rows[index]}
          onRange={nothing}
          selected={selected}
          onSelect={(index) => {
            const row = rows[index];
            if (row) select(row.node.id);
          }}
          onOpen={(index) => {
            const row = rows[index];
            if (row) go(entityHref(row.node.id));
          }}
          rowHeight={30}
        />
      </div>
      <p className="quiet small">{t('graph.keys')}</p>
    </div>
  );
}

/** All rows of the picture are loaded already. */
function nothing() {}
