import { CanvasTexture, LinearMipmapLinearFilter, Sprite, SpriteMaterial, SRGBColorSpace } from 'three';
import { halfView } from './name-board.ts';
import type { SceneShape } from './scene.ts';

/** Corners of a shape in a 16-unit box, as in the lists beside the picture. */
const corners: Record<Exclude<SceneShape, 'circle' | 'ring'>, string> = {
  square: '3,3 13,3 13,13 3,13',
  diamond: '8,1.5 14.5,8 8,14.5 1.5,8',
  triangle: '8,2 14.5,13.5 1.5,13.5',
  hexagon: '8,1.5 13.7,4.75 13.7,11.25 8,14.5 2.3,11.25 2.3,4.75',
  pentagon: '8,1.7 14.3,6.3 11.9,13.7 4.1,13.7 1.7,6.3',
  cross: '6,2 10,2 10,6 14,6 14,10 10,10 10,14 6,14 6,10 2,10 2,6 6,6',
  star: '8,1 10,5.8 15,6.2 11.2,9.5 12.4,14.5 8,11.8 3.6,14.5 4.8,9.5 1,6.2 6,5.8',
  bar: '2,5.5 14,5.5 14,10.5 2,10.5',
};

const textures = new Map<string, CanvasTexture>();

/** A token for one node: the shape in its colour with a thin edge in the background's. Textures are shared. */
export function token(shape: SceneShape | 'halo', colour: string, edge: string): Sprite {
  const key = `${shape} ${colour} ${edge}`;
  let texture = textures.get(key);
  if (!texture) {
    texture = draw(192, 192, (brush) => {
      brush.scale(12, 12);
      brush.lineJoin = 'round';
      if (shape === 'halo') {
        brush.strokeStyle = colour;
        brush.lineWidth = 0.9;
        circle(brush, 7.2);
        brush.stroke();
        return;
      }
      brush.fillStyle = colour;
      brush.strokeStyle = shape === 'ring' ? colour : edge;
      brush.lineWidth = shape === 'ring' ? 2.6 : 1;
      if (shape === 'circle' || shape === 'ring') circle(brush, shape === 'ring' ? 5 : 6);
      else polygon(brush, corners[shape]);
      if (shape !== 'ring') brush.fill();
      brush.stroke();
    });
    textures.set(key, texture);
  }
  return tokenSprite(texture);
}

/** Tokens lie over the lines; among themselves the nearer one covers, as the renderer sorts them by distance. */
function tokenSprite(texture: CanvasTexture): Sprite {
  const sprite = new Sprite(
    new SpriteMaterial({ map: texture, transparent: true, premultipliedAlpha: true, depthWrite: false, depthTest: false }),
  );
  // The graph library draws its lines at order 10.
  sprite.renderOrder = 20;
  return sprite;
}

/** A name, always `pixels` high in a frame `frameHeight` pixels high, near or far; the name board gives it its place. */
export function nameTag(text: string, colour: string, halo: string, pixels: number, frameHeight: number): Sprite {
  const short = text.length > 30 ? `${text.slice(0, 29)}…` : text;
  const font = '600 44px "IBM Plex Sans Variable", system-ui, sans-serif';
  const measure = document.createElement('canvas').getContext('2d');
  if (measure) measure.font = font;
  const width = Math.ceil((measure?.measureText(short).width ?? short.length * 24) + 24);
  const texture = draw(width, 64, (brush) => {
    brush.font = font;
    brush.textAlign = 'center';
    brush.textBaseline = 'middle';
    brush.lineJoin = 'round';
    brush.lineWidth = 12;
    brush.strokeStyle = halo;
    brush.strokeText(short, width / 2, 33);
    brush.fillStyle = colour;
    brush.fillText(short, width / 2, 33);
  });
  const sprite = new Sprite(
    new SpriteMaterial({
      map: texture,
      transparent: true,
      premultipliedAlpha: true,
      depthWrite: false,
      depthTest: false,
      sizeAttenuation: false,
    }),
  );
  const height = ((pixels * 1.45) / Math.max(1, frameHeight)) * 2 * halfView;
  sprite.scale.set((width / 64) * height, height, 1);
  // A name is no target: clicks go to the token.
  sprite.raycast = () => {};
  return sprite;
}

function draw(width: number, height: number, paint: (brush: CanvasRenderingContext2D) => void): CanvasTexture {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const brush = canvas.getContext('2d');
  if (brush) paint(brush);
  const texture = new CanvasTexture(canvas);
  texture.premultiplyAlpha = true;
  texture.colorSpace = SRGBColorSpace;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.anisotropy = 4;
  return texture;
}

function circle(brush: CanvasRenderingContext2D, radius: number) {
  brush.beginPath();
  brush.arc(8, 8, radius, 0, 2 * Math.PI);
}

function polygon(brush: CanvasRenderingContext2D, points: string) {
  brush.beginPath();
  for (const point of points.split(' ')) {
    const [x = 0, y = 0] = point.split(',').map(Number);
    brush.lineTo(x, y);
  }
  brush.closePath();
}
