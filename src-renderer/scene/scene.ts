/** What the stage can draw; it never hears what a node means. */
export type SceneShape = 'circle' | 'square' | 'diamond' | 'triangle' | 'hexagon' | 'pentagon' | 'cross' | 'ring' | 'star' | 'bar';

export interface SceneNode {
  readonly id: string;
  readonly label: string;
  readonly shape: SceneShape;
  /** A CSS colour. */
  readonly colour: string;
  /** Weight by which it is drawn larger and labelled earlier; 0 or more. */
  readonly weight: number;
}

export interface SceneLink {
  readonly source: string;
  readonly target: string;
  readonly label: string;
}

export interface SceneColours {
  readonly background: string;
  readonly ink: string;
  readonly link: string;
  readonly active: string;
}

export interface SceneMessages {
  /** What the picture is, for screen readers; the table beside it holds the same. */
  readonly label: string;
  readonly noWebGl: string;
  readonly loading: string;
}

export interface GraphSceneProps {
  readonly nodes: readonly SceneNode[];
  readonly links: readonly SceneLink[];
  /** The node everything is about: drawn with a ring and always labelled. */
  readonly centreId?: string | undefined;
  readonly selectedId?: string | undefined;
  readonly colours: SceneColours;
  readonly messages: SceneMessages;
  /** No camera flights, and the layout is computed before it is shown. */
  readonly reducedMotion: boolean;
  /** Counts up when the camera should go to the selected node. */
  readonly focusRequests?: number;
  readonly onNodeClick?: (node: SceneNode) => void;
  readonly onNodeHover?: (node: SceneNode | null) => void;
  readonly onBackgroundClick?: () => void;
}

/** Whether this browser can draw in 3D at all; asked once. */
export const hasWebGl = (() => {
  let known: boolean | undefined;
  return () => {
    known ??= (() => {
      try {
        return document.createElement('canvas').getContext('webgl2') !== null;
      } catch {
        return false;
      }
    })();
    return known;
  };
})();

/** Ids of the nodes that deserve a name in the picture: the heaviest, at most `most`. */
export function labelled(nodes: readonly SceneNode[], most: number): Set<string> {
  return new Set(
    [...nodes]
      .sort((a, b) => b.weight - a.weight)
      .slice(0, most)
      .map((node) => node.id),
  );
}

/** Ids joined to one node by any link, itself included. */
export function around(links: readonly SceneLink[], id: string): Set<string> {
  const near = new Set([id]);
  for (const { source, target } of links) {
    if (source === id) near.add(target);
    if (target === id) near.add(source);
  }
  return near;
}
