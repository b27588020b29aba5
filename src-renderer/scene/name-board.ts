import { type Camera, type Sprite, type SpriteMaterial, Vector3, type WebGLRenderer } from 'three';

/** Tangent of half the camera's angle of view (50°), by which a size on the screen becomes one of the scene. */
export const halfView = Math.tan((25 * Math.PI) / 180);

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pixels between a node and its name, and between two names. */
const gap = 3;
const edge = 4;

/** Fades a sprite. Its colours are multiplied by their alpha already, so the colour fades along, in linear light. */
export function dim(material: SpriteMaterial, share: number) {
  material.opacity = share;
  material.color.setScalar(share ** 2.2);
}

/**
 * Gives names their places anew in each frame: beside their node whatever its size, whole within the picture, and only where
 * no name of a higher rank stands. `size` answers the frame in pixels, `share` how faint a name is drawn.
 */
export function createNameBoard(size: () => { width: number; height: number }) {
  let frame = -1;
  let taken: Box[] = [];
  const point = new Vector3();

  const place = (tag: Sprite, renderer: WebGLRenderer, camera: Camera, radius: number, share: number) => {
    if (renderer.info.render.frame !== frame) {
      frame = renderer.info.render.frame;
      taken = [];
    }
    const { width: across, height: down } = size();
    const unit = down / (2 * halfView);
    const height = tag.scale.y * unit;
    const width = tag.scale.x * unit;
    tag.getWorldPosition(point).applyMatrix4(camera.matrixWorldInverse);
    const depth = -point.z;
    if (depth <= 0) return dim(tag.material, 0);
    const below = (radius * unit) / depth + gap;
    const x = across / 2 + (point.x * unit) / depth;
    const top = down / 2 - (point.y * unit) / depth + below;
    const left = Math.max(edge, Math.min(across - edge - width, x - width / 2));
    const y = top - below;
    // Below the node, above it, and beside it.
    const free =
      x > 0 && x < across
        ? [
            boxAt(left, top, width, height),
            boxAt(left, y - below - height, width, height),
            boxAt(x + below, y - height / 2, width, height),
            boxAt(x - below - width, y - height / 2, width, height),
          ].find((box) => box.left >= 0 && box.right <= across && taken.every((one) => apart(one, box)))
        : undefined;
    if (!free) return dim(tag.material, 0);
    taken.push(free);
    // Nothing is written over the node that all is about.
    if (taken.length === 1) taken.push({ left: x - below, right: x + below, top: y - below, bottom: y + below });
    // The point of the sprite, as a share of itself from its lower left, that lies on the node.
    tag.center.set((x - free.left) / width, (free.bottom - y) / height);
    dim(tag.material, share);
  };

  return {
    /** Lets a name be placed from now on. `radius` is its node's, in units of the scene; names of a lower `rank` go first. */
    add(tag: Sprite, radius: number, rank: number, share: () => number) {
      tag.renderOrder = 30 + rank / 1000;
      tag.onBeforeRender = (renderer, _scene, camera) => place(tag, renderer, camera, radius, share());
    },
  };
}

const boxAt = (left: number, top: number, width: number, height: number): Box => ({ left, right: left + width, top, bottom: top + height });
const apart = (one: Box, other: Box) =>
  one.right + gap < other.left || other.right + gap < one.left || one.bottom < other.top || other.bottom < one.top;
