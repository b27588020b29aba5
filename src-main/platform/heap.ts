import { setFlagsFromString } from 'node:v8';

/**
 * Keeps this process's heap close to what it holds. V8 lets a heap grow to several times its live
 * objects where a machine has much memory: a large import then takes twice the memory for no time
 * gained (docs/measurements.md). The old space grows by 60 % at a time, the new space no further
 * than loading the engine has made it. Both flags are read at each collection, so they may be set
 * while the process runs. Under Electron it does nothing: V8's flags may be sealed there.
 */
export function keepHeapSmall(): void {
  if (process.versions.electron) return;
  setFlagsFromString('--heap-growing-percent=60');
  setFlagsFromString('--semi-space-growth-factor=1');
}
