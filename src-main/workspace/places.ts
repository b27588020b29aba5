import { join } from 'node:path';
import { swapPlaces } from '#main/platform/backup/swap.ts';

/** All that lies in a workspace's folder, by name. */
export function placesIn(dataDir: string) {
  return {
    dataDir,
    keys: join(dataDir, 'keys.json'),
    secondKeys: join(dataDir, 'keys.copy.json'),
    database: join(dataDir, 'workspace.db'),
    /** A database that is being made: it takes its name once keys.json stands. */
    unborn: join(dataDir, 'workspace.db.new'),
    lock: join(dataDir, 'workspace.lock'),
    /** How far the log was acknowledged (platform/database/acknowledged.ts). */
    head: join(dataDir, 'workspace.head'),
    signing: join(dataDir, 'signing.json'),
    swap: swapPlaces(dataDir),
    /** What is being written or received; nothing in it outlives an opening. */
    transit: join(dataDir, 'transit'),
  };
}

export type Places = ReturnType<typeof placesIn>;

/** For names of what is set aside: sorts by time, differs each time. */
export function stampOf(now: number, random: Uint8Array): string {
  const [day = '', time = ''] = new Date(now).toISOString().replace(/[-:]/g, '').split(/[T.]/);
  return `${day}-${time}-${Buffer.from(random.subarray(0, 3)).toString('hex')}`;
}
