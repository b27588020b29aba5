/** The plan of a bastioned fort, drawn by rule: `points` bastions, seen from above. The product's mark and the unlock view's picture. */
export function StarFort({ size, points = 6, detail = false }: { size: number; points?: number; detail?: boolean }) {
  return (
    <svg className="fort" width={size} height={size} viewBox="-110 -110 220 220" aria-hidden="true" fill="none" stroke="currentColor">
      {detail ? (
        <Survey points={points} />
      ) : (
        <>
          <polygon points={walls(points, 100, 1)} strokeWidth="10" strokeLinejoin="round" />
          <circle r="20" fill="currentColor" stroke="none" />
        </>
      )}
    </svg>
  );
}

/** The same as a surveyor would draw it: glacis, ditch, walls, ravelins and a circle of degrees. */
function Survey({ points }: { points: number }) {
  const step = 360 / points;
  return (
    <>
      {Array.from({ length: 180 }, (_, tick) => {
        const inner = tick % 15 === 0 ? 101.5 : tick % 5 === 0 ? 104 : 105.5;
        return <path key={`tick ${tick * 2}`} d={`M0-${inner}V-107`} transform={`rotate(${tick * 2})`} strokeWidth="0.8" />;
      })}
      <circle r="107" strokeWidth="0.8" />
      <circle r="98.500" strokeWidth="0.6" strokeDasharray="1 4" />
      {Array.from({ length: points }, (_, corner) => (
        <path key={`axis ${corner * step}`} d="M0-16V-107" transform={`rotate(${corner * step})`} strokeWidth="0.6" strokeDasharray="8 5" />
      ))}
      <polygon points={walls(points, 96, 1.06)} strokeWidth="0.8" strokeLinejoin="round" />
      <polygon points={walls(points, 88, 1)} strokeWidth="0.8" strokeLinejoin="round" />
      <polygon points={walls(points, 84, 0.97)} strokeWidth="2.4" strokeLinejoin="round" />
      <polygon points={walls(points, 78, 0.93)} strokeWidth="0.8" strokeLinejoin="round" />
      {Array.from({ length: points }, (_, side) => (
        <path
          key={`ravelin ${side * step}`}
          d="M-11-61L0-75L11-61L6-57H-6Z"
          transform={`rotate(${(side + 0.5) * step})`}
          strokeWidth="1.200"
          strokeLinejoin="round"
        />
      ))}
      <polygon points={ring(points, 30)} strokeWidth="1.200" />
      <polygon points={ring(points, 14)} strokeWidth="0.800" />
      {Array.from({ length: points }, (_, street) => (
        <path key={`street ${street * step}`} d="M0-30V-52" transform={`rotate(${(street + 0.5) * step})`} strokeWidth="0.8" />
      ))}
    </>
  );
}

/** Bastions with shoulders and flanks, joined by straight curtains. `swell` widens the whole without moving the tips. */
function walls(points: number, radius: number, swell: number): string {
  const step = (2 * Math.PI) / points;
  const corners: string[] = [];
  for (let corner = 0; corner < points; corner++)
    for (const [turn, share] of [
      [-0.135 * swell, 0.56 * swell],
      [-0.15 * swell, 0.71 * swell],
      [0, 1],
      [0.15 * swell, 0.71 * swell],
      [0.135 * swell, 0.56 * swell],
    ] as const)
      corners.push(at((corner + turn) * step, radius * share));
  return corners.join(' ');
}

function ring(points: number, radius: number): string {
  return Array.from({ length: points }, (_, corner) => at(((corner + 0.5) * 2 * Math.PI) / points, radius)).join(' ');
}

const at = (angle: number, radius: number) => `${round(radius * Math.sin(angle))},${round(-radius * Math.cos(angle))}`;
const round = (value: number) => Math.round(value * 100) / 100;
