export { EntityLine, EntityMarks, KindGlyph, relationLabel, typeLabel } from './entity-parts.tsx';
export { addDroppedFiles } from './import/import-store.ts';
export { entityHref, exploreHref, graphHref, importHref, searchHref } from './links.ts';
