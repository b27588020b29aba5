import { buildDesktop } from './desktop.mjs';
import { buildFace } from './face.mjs';
import { launch } from './setup.mjs';

/** Builds what the desktop app is made of into out/. */
launch(async () => {
  await buildFace();
  await buildDesktop();
});
