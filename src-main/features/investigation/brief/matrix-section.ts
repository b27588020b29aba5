import type { AttackDomain, Matrix, MatrixCell } from '#shared/contract/coverage.ts';
import { html, type Markup, number } from './text.ts';

const titles: Readonly<Record<AttackDomain, string>> = {
  'enterprise-attack': 'ATT&CK Enterprise',
  'mobile-attack': 'ATT&CK Mobile',
  'ics-attack': 'ATT&CK ICS',
};

const size = 8;
const gap = 2;
const between = 10;

type Sub = MatrixCell['subTechniques'][number];

/** What the imported threats use, as a small picture of the matrix and as a list that says the same in words. */
export function matrixSection(matrices: readonly Matrix[]): Markup {
  const used = matrices.filter((matrix) => matrix.used > 0);
  if (used.length === 0)
    return html`<h2>Techniques they use</h2><p>No imported threat uses a technique of ATT&amp;CK that this workspace knows.</p>`;
  return html`<h2>Techniques they use</h2>${used.map(oneMatrix)}`;
}

function oneMatrix(matrix: Matrix): Markup {
  const title = `${titles[matrix.domain]}${matrix.version === undefined ? '' : ` ${matrix.version}`}`;
  const all = matrix.techniques + matrix.subTechniques;
  return html`
<h3>${title}: ${number(matrix.used)} of ${number(all)} techniques and sub-techniques</h3>
${picture(matrix, title)}
<ul class="tactics">
${matrix.tactics.filter(({ techniques }) => techniques.some(isUsed)).map(tacticList)}</ul>`;
}

function isUsed({ usedBy, subTechniques }: MatrixCell): boolean {
  return usedBy > 0 || subTechniques.some((sub) => sub.usedBy > 0);
}

/** One column a tactic, one square a technique; filled where it or a sub-technique is used. */
function picture({ tactics }: Matrix, title: string): Markup {
  const perColumn = 12;
  let left = 0;
  const columns = tactics.map(({ techniques, name }) => {
    const squares = techniques.map((technique, index) => {
      const x = left + Math.floor(index / perColumn) * (size + gap);
      const y = (index % perColumn) * (size + gap);
      return html`<rect${isUsed(technique) ? html` class="used"` : undefined} x="${x}" y="${y}" width="${size}" height="${size}" rx="1"/>`;
    });
    left += Math.max(1, Math.ceil(techniques.length / perColumn)) * (size + gap) - gap + between;
    return html`<g><title>${name}</title>${squares}</g>`;
  });
  const width = Math.max(1, left - between);
  const height = perColumn * (size + gap) - gap;
  return html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMinYMin" role="img" aria-label="${`${title}, a square for each technique, filled where an imported threat uses it; the list below says the same.`}">${columns}</svg>`;
}

function tacticList({ name, techniques }: Matrix['tactics'][number]): Markup {
  const used = techniques.filter(isUsed);
  return html`<li><strong>${name}</strong> <span class="soft">${number(used.length)} of ${number(techniques.length)}</span><ul>${used.map(techniqueItem)}</ul></li>
`;
}

function techniqueItem(technique: MatrixCell): Markup {
  const subs = technique.subTechniques.filter((sub) => sub.usedBy > 0);
  return html`<li>${label(technique)}${subs.length > 0 ? html`<ul>${subs.map((sub) => html`<li>${label(sub)}</li>`)}</ul>` : undefined}</li>`;
}

/** A technique of which only sub-techniques are used stands for its place, in a softer colour. */
function label({ externalId, name, usedBy }: MatrixCell | Sub): Markup {
  if (usedBy === 0) return html`<span class="soft">${externalId} ${name}</span>`;
  return html`${externalId} ${name}${usedBy > 1 ? html` <span class="soft">×${number(usedBy)}</span>` : undefined}`;
}
