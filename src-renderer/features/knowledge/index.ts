export { EntityLine, KindGlyph, typeLabel } from './entity-parts.tsx';
export { addDroppedFiles } from './import/import-store.ts';
export { entityHref, exploreHref, importHref, searchHref } from './links.ts';
