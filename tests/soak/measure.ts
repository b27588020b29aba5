import { readFileSync } from 'node:fs';
import type { CDPSession, Page } from 'playwright-core';

export interface Sample {
  readonly actions: number;
  /** Bytes of the page's heap after collection. */
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Resident bytes of the host's process; 0 where the system does not tell. */
  readonly engine: number;
  /** Jobs that still run. */
  readonly jobs: number;
}

/** What is held after the page had a moment to let go. Collected thrice: what finalizers free comes a round later. */
export async function measure(page: Page, cdp: CDPSession, hostPid: number | undefined, actions: number): Promise<Sample> {
  for (let round = 0; round < 3; round++) {
    await cdp.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(300);
  }
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  const jobs = await page.getByRole('progressbar').count();
  return { actions, heap: usedSize, nodes, listeners: jsEventListeners, engine: residentOf(hostPid), jobs };
}

function residentOf(pid: number | undefined): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return pages * 4096;
  } catch {
    return 0;
  }
}
