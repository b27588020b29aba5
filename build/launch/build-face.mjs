import { buildFace } from './face.mjs';
import { launch } from './setup.mjs';

launch(async () => {
  await buildFace();
});
