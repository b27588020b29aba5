import { lazy, Suspense } from 'react';
import { type GraphSceneProps, hasWebGl } from './scene.ts';
import './scene.css';

const ForceScene = lazy(() => import('./force-scene.tsx').then((module) => ({ default: module.ForceScene })));

/**
 * The 3D picture of a small graph. Prop names and gestures follow react-force-graph's, which draws it
 * for now; the drawing code is loaded when first shown. Without WebGL it says so.
 */
export function GraphScene(props: GraphSceneProps) {
  if (!hasWebGl()) return <p className="scene-message">{props.messages.noWebGl}</p>;
  return (
    <Suspense fallback={<p className="scene-message">{props.messages.loading}</p>}>
      <ForceScene {...props} />
    </Suspense>
  );
}
