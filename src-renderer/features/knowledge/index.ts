export { BranchStrip, BranchSwitch } from './branches/branch-strip.tsx';
export { type EntityBlock, EntityBlocks } from './entity/blocks.tsx';
export { usePages } from './explore/use-pages.ts';
export { EntityLine, KindGlyph, typeLabel } from './entity-parts.tsx';
export { addDroppedFiles, addOfferedFiles } from './import/import-store.ts';
export { filesOfDrop } from './import/packed-folder.ts';
export { entityHref, exploreHref, importHref, searchHref } from './links.ts';
export { type GraphAct, graphKeys } from './graph/graph-keys.ts';
export { savedViewHref } from './saved-views.tsx';
