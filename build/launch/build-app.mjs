import { buildCommandLine } from './command-line.mjs';
import { buildDesktop } from './desktop.mjs';
import { buildFace } from './face.mjs';
import { launch } from './setup.mjs';

/** Builds what the desktop app and its command line are made of into out/. */
launch(async () => {
  await buildFace();
  await buildDesktop();
  await buildCommandLine();
});
