export { GraphScene } from './graph-scene.tsx';
export type { SceneColours, SceneLink, SceneMessages, SceneNode, SceneShape } from './scene.ts';
