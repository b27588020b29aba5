/** The plan of a bastioned fort, drawn by rule: `points` bastions, seen from above. The product's mark and the unlock view's picture. */
export function StarFort({ size, points = 6, detail = false }: { size: number; points?: number; detail?: boolean }) {
  const rings = detail ? [1, 0.9, 0.8, 0.56, 0.34] : [1];
  return (
    <svg className="fort" width={size} height={size} viewBox="-110 -110 220 220" aria-hidden="true" fill="none" stroke="currentColor">
      {rings.map((scale, ring) => (
        <polygon
          key={scale}
          points={outline(points, 100 * scale, ring < 3 ? 0.62 : 0.74)}
          strokeWidth={detail ? (ring === 1 ? 1.6 : 0.6) : 9}
          strokeLinejoin="round"
        />
      ))}
      {detail ? (
        <>
          {Array.from({ length: 72 }, (_, tick) => {
            const angle = (tick / 72) * 2 * Math.PI;
            const inner = tick % 6 === 0 ? 101.5 : 104;
            return (
              <line
                key={angle}
                x1={round(inner * Math.sin(angle))}
                y1={round(-inner * Math.cos(angle))}
                x2={round(107 * Math.sin(angle))}
                y2={round(-107 * Math.cos(angle))}
                strokeWidth="0.4"
              />
            );
          })}
          <circle r="107" strokeWidth="0.4" />
          <rect x="-9" y="-9" width="18" height="18" strokeWidth="1.2" transform="rotate(45)" />
          <path d="M0-107V107M-107 0H107" strokeWidth="0.25" strokeDasharray="2 3" />
        </>
      ) : (
        <circle r="20" fill="currentColor" stroke="none" />
      )}
    </svg>
  );
}

/** Bastion tips at the radius, shoulders a little before, curtains drawn in: an arrow-head at each corner. */
function outline(points: number, radius: number, curtain: number): string {
  const corners: string[] = [];
  const step = (2 * Math.PI) / points;
  for (let corner = 0; corner < points; corner++) {
    const middle = corner * step;
    for (const [turn, share] of [
      [-0.17, 0.76],
      [0, 1],
      [0.17, 0.76],
      [0.12, curtain],
      [0.88, curtain],
    ] as const) {
      const angle = middle + turn * step;
      corners.push(`${round(radius * share * Math.sin(angle))},${round(-radius * share * Math.cos(angle))}`);
    }
  }
  return corners.join(' ');
}

const round = (value: number) => Math.round(value * 100) / 100;
