import { killMany } from './kills.ts';
const n = Number(process.argv[2] ?? 100);
console.log(
  JSON.stringify(
    await killMany({ kills: n, objects: Number(process.argv[3] ?? 10_000), livesEach: 5, seed: 7, tell: (line) => console.error(line) }),
    null,
    1,
  ),
);
