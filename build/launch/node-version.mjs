// Imports nothing, so that even a very old Node gets as far as the sentence below.

/** Ends the process with one sentence where this Node is older than `least` (a major version). */
export function requireNode(least) {
  var major = Number(process.versions.node.split('.')[0]);
  if (major >= least) return;
  console.error(
    'Redoubt needs Node.js ' +
      least +
      ' or newer, this is ' +
      process.versions.node +
      '; install a newer one from https://nodejs.org and try again.',
  );
  process.exit(1);
}
