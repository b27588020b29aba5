import { useEffect } from 'react';
import { useClient, useJobs } from '#renderer/client/index.ts';
import { usePreferences } from './preferences.ts';

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;

/** Locks the workspace when nobody has touched it for as long as was chosen; running work is waited for, since locking would cancel it. */
export function useIdleLock() {
  const client = useClient();
  const minutes = usePreferences((preferences) => preferences.idleMinutes);
  const busy = useJobs().some((job) => job.state === 'running');
  useEffect(() => {
    if (minutes === 0 || busy) return;
    let touched = Date.now();
    const touch = () => {
      touched = Date.now();
    };
    const timer = setInterval(() => {
      if (Date.now() - touched >= minutes * 60_000) void client.admin.lock().catch(() => touch());
    }, 10_000);
    for (const sign of signs) window.addEventListener(sign, touch, { passive: true });
    return () => {
      clearInterval(timer);
      for (const sign of signs) window.removeEventListener(sign, touch);
    };
  }, [client, minutes, busy]);
}
