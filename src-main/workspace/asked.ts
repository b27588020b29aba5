import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Asked } from '#shared/contract/admin.ts';
import type { Caller } from '#shared/transport/serve.ts';

/** What a person asked the desktop to open: a view by a link, files by their icons or a dialog of the system. */
export interface Opening {
  readonly view?: string | undefined;
  readonly paths: readonly string[];
}

const mostPaths = 100;

/** Keeps what was asked until the desktop's page takes it; other doors are told nothing. `offer` makes a path known by a name. */
export function createAsked(offer: (path: string) => string) {
  let view: string | undefined;
  let paths: string[] = [];
  return {
    add(opening: Opening): void {
      view = opening.view ?? view;
      paths = [...paths, ...opening.paths].slice(0, mostPaths);
    },
    take({ door }: Caller): Asked {
      if (door !== 'desktop') return { files: [] };
      const files = paths.splice(0).flatMap((path) => {
        const size = sizeOf(path);
        return size === undefined ? [] : [{ uploadId: offer(path), name: basename(path), size }];
      });
      const taken = view;
      view = undefined;
      return taken === undefined ? { files } : { view: taken, files };
    },
  };
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch {
    return undefined;
  }
}
