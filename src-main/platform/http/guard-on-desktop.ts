// For Electron's main process: its own code needs the raw bindings, so those stay open there.
import { installGuard } from './guard.ts';

installGuard({ bindings: false });
