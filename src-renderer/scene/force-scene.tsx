import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import ForceGraph3D, { type ForceGraphMethods } from 'react-force-graph-3d';
import { Group, type Sprite } from 'three';
import { createNameBoard, dim, halfView } from './name-board.ts';
import { around, type GraphSceneProps, labelled, type SceneLink, type SceneNode } from './scene.ts';
import { nameTag, token } from './sprites.ts';

interface Placed {
  id: string;
  node: SceneNode;
  x?: number;
  y?: number;
  z?: number;
}
interface Joined {
  source: string | Placed;
  target: string | Placed;
  link: SceneLink;
}

/** Milliseconds without a gesture after which no frame is drawn any more. */
const idleAfter = 1_200;
/** Names in the picture, in a wide and in a narrow frame. */
const named = { wide: 26, narrow: 12 };
/** Frame width (pixels) from which it is wide. */
const wide = 600;

/** Share of its distance by which a node is drawn inwards at each step. */
const pull = 0.12;

interface Moving {
  x: number;
  y: number;
  z: number;
  vx: number;
  vy: number;
  vz: number;
}

export function ForceScene(props: GraphSceneProps) {
  const { nodes, links, centreId, selectedId, colours, reducedMotion } = props;
  const frame = useRef<HTMLDivElement>(null);
  const graph = useRef<ForceGraphMethods<Placed, Joined> | undefined>(undefined);
  const places = useRef(new Map<string, Placed>());
  const drawn = useRef(new Map<string, Group>());
  const settled = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [running, setRunning] = useState(true);

  const rest = useCallback((after: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (!settled.current) return rest(idleAfter);
      graph.current?.pauseAnimation();
      setRunning(false);
    }, after);
  }, []);
  /** Frames are drawn only while the layout moves or somebody does something. */
  const wake = useCallback(() => {
    graph.current?.resumeAnimation();
    setRunning(true);
    rest(idleAfter);
  }, [rest]);

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
      wake();
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      clearTimeout(timer.current);
    };
  }, [wake]);

  const data = useMemo(() => {
    settled.current = false;
    const known = places.current;
    places.current = new Map(nodes.map((node) => [node.id, { ...known.get(node.id), id: node.id, node }]));
    return {
      nodes: [...places.current.values()],
      links: links
        .filter((link) => places.current.has(link.source) && places.current.has(link.target))
        .map((link): Joined => ({ source: link.source, target: link.target, link })),
    };
  }, [nodes, links]);

  const isWide = size.width >= wide;
  const names = useMemo(() => [...labelled(nodes, isWide ? named.wide : named.narrow)], [nodes, isWide]);
  const frameSize = useRef(size);
  frameSize.current = size;
  const board = useMemo(() => createNameBoard(() => frameSize.current), []);
  const draw = useCallback(
    ({ node }: Placed) => {
      const group = new Group();
      const centre = node.id === centreId;
      const scale = centre ? 16 : 7.5 + Math.min(6, Math.sqrt(node.weight) * 0.7);
      const icon = token(node.shape, node.colour, colours.background);
      icon.scale.set(scale, scale, 1);
      icon.name = 'icon';
      group.add(icon);
      const halo = token('halo', centre ? colours.active : colours.ink, colours.background);
      halo.scale.set(scale * 1.7, scale * 1.7, 1);
      halo.name = 'halo';
      halo.raycast = () => {};
      halo.visible = centre;
      group.add(halo);
      const rank = names.indexOf(node.id);
      if (centre || rank >= 0) {
        const tag = nameTag(node.label, colours.ink, colours.background, centre ? 12.5 : 11, size.height);
        tag.name = 'name';
        // The ring round the centre stands between it and its name.
        board.add(tag, centre ? (scale * 1.7) / 2 : scale / 2, centre ? 0 : rank + 1, () => Number(group.userData['share'] ?? 1));
        group.add(tag);
      }
      drawn.current.set(node.id, group);
      return group;
    },
    [board, centreId, colours, names, size.height],
  );

  const near = useMemo(
    () => (selectedId === undefined || selectedId === centreId ? undefined : around(links, selectedId)),
    [links, selectedId, centreId],
  );
  useEffect(() => {
    for (const [id, group] of drawn.current) {
      group.userData['share'] = near && !near.has(id) ? 0.22 : 1;
      for (const part of group.children as Sprite[]) {
        if (part.name !== 'name') dim(part.material, group.userData['share']);
        if (part.name === 'halo') part.visible = id === centreId || id === selectedId;
      }
    }
    wake();
    // Other colours, as of another theme, are drawn anew too.
  }, [near, centreId, selectedId, colours, wake]);

  /** Brings the whole picture into view, closer than the library's own fit, which reckons with the box's corners. */
  const fit = () => {
    const all = [...places.current.values()];
    const mean = (axis: 'x' | 'y' | 'z') => all.reduce((sum, place) => sum + (place[axis] ?? 0), 0) / Math.max(1, all.length);
    const centre = { x: mean('x'), y: mean('y'), z: mean('z') };
    const radius = Math.max(
      52,
      ...all.map((place) => Math.hypot((place.x ?? 0) - centre.x, (place.y ?? 0) - centre.y, (place.z ?? 0) - centre.z)),
    );
    const aspect = Math.min(1, size.width / Math.max(1, size.height));
    const away = (radius * 1.16) / halfView / aspect;
    graph.current?.cameraPosition({ x: centre.x, y: centre.y, z: centre.z + away }, centre, reducedMotion ? 0 : 400);
  };

  const { focusRequests = 0 } = props;
  useEffect(() => {
    const place = selectedId === undefined ? undefined : places.current.get(selectedId);
    if (focusRequests === 0 || place?.x === undefined) return;
    const { x, y = 0, z = 0 } = place;
    const away = 1 + 90 / Math.max(1, Math.hypot(x, y, z));
    wake();
    graph.current?.cameraPosition({ x: x * away, y: y * away, z: z * away + 1 }, { x, y, z }, reducedMotion ? 0 : 600);
  }, [focusRequests]);

  useEffect(() => {
    graph.current?.d3Force('charge')?.strength(nodes.length > 150 ? -38 : nodes.length > 60 ? -60 : -90);
    graph.current?.d3Force('link')?.distance(nodes.length > 150 ? 30 : 40);
    graph.current?.d3Force('gravity', gravity());
  }, [nodes.length, size.width > 0]);

  // Every link of a one-hop picture touches the centre: only another node's links are told apart.
  const touches = (link: Joined) =>
    selectedId !== undefined && selectedId !== centreId && (link.link.source === selectedId || link.link.target === selectedId);
  return (
    // The picture is for the pointer; keys and screen readers use the synchronised table, as the label says.
    <div
      ref={frame}
      className="scene"
      role="img"
      aria-label={props.messages.label}
      data-nodes={data.nodes.length}
      data-links={data.links.length}
      data-running={running}
      onPointerMove={wake}
      onPointerDown={wake}
      onWheel={wake}
    >
      {size.width > 0 && size.height > 0 ? (
        <ForceGraph3D<Placed, Joined>
          ref={graph}
          width={size.width}
          height={size.height}
          graphData={data}
          backgroundColor={colours.background}
          showNavInfo={false}
          controlType="orbit"
          warmupTicks={140}
          cooldownTicks={0}
          nodeThreeObject={draw}
          nodeLabel={({ node }) => plain(node.label)}
          linkLabel={({ link }) => plain(link.label)}
          linkColor={(link) => (touches(link) ? colours.active : colours.link)}
          linkOpacity={Math.max(0.14, Math.min(0.7, 260 / Math.max(1, data.links.length)))}
          linkWidth={0}
          linkDirectionalArrowLength={3}
          linkDirectionalArrowRelPos={0.92}
          linkDirectionalArrowColor={(link) => (touches(link) ? colours.active : colours.link)}
          enableNodeDrag={false}
          onEngineStop={() => {
            if (!settled.current) fit();
            settled.current = true;
            rest(idleAfter);
          }}
          onNodeClick={({ node }) => props.onNodeClick?.(node)}
          onNodeHover={(placed) => props.onNodeHover?.(placed?.node ?? null)}
          onBackgroundClick={() => props.onBackgroundClick?.()}
        />
      ) : null}
    </div>
  );
}

/** Draws every node gently to the middle, so that those whose links are not shown do not drift away. */
function gravity() {
  let nodes: Moving[] = [];
  return Object.assign(
    (alpha: number) => {
      for (const node of nodes) {
        node.vx -= node.x * pull * alpha;
        node.vy -= node.y * pull * alpha;
        node.vz -= node.z * pull * alpha;
      }
    },
    { initialize: (all: object[]) => void (nodes = all as Moving[]) },
  );
}

/** The graph library shows labels as HTML; names come from outside and stay text. */
function plain(text: string) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
