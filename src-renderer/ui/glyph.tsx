/** The shapes that stand for kinds of things, in lists and in the scene alike: shape and colour together, never colour alone. */
const shapes = ['circle', 'square', 'diamond', 'triangle', 'hexagon', 'pentagon', 'cross', 'ring', 'star', 'bar'] as const;
export type Shape = (typeof shapes)[number];

const outlines: Record<Exclude<Shape, 'circle' | 'ring'>, string> = {
  square: '3,3 13,3 13,13 3,13',
  diamond: '8,1.500 14.500,8 8,14.500 1.500,8',
  triangle: '8,2 14.500,13.500 1.500,13.500',
  hexagon: '8,1.500 13.700,4.750 13.700,11.250 8,14.500 2.300,11.250 2.300,4.750',
  pentagon: '8,1.700 14.300,6.300 11.900,13.700 4.100,13.700 1.700,6.300',
  cross: '6,2 10,2 10,6 14,6 14,10 10,10 10,14 6,14 6,10 2,10 2,6 6,6',
  star: '8,1 10,5.800 15,6.200 11.200,9.500 12.400,14.500 8,11.800 3.600,14.500 4.800,9.500 1,6.200 6,5.800',
  bar: '2,5.500 14,5.500 14,10.500 2,10.500',
};

export function Glyph({ shape, colour, size = 14, label }: { shape: Shape; colour: string; size?: number; label?: string }) {
  return (
    <svg
      className="glyph"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {shape === 'circle' ? (
        <circle cx="8" cy="8" r="6" fill={colour} />
      ) : shape === 'ring' ? (
        <circle cx="8" cy="8" r="5" fill="none" stroke={colour} strokeWidth="2.600" />
      ) : (
        <polygon points={outlines[shape]} fill={colour} />
      )}
    </svg>
  );
}
