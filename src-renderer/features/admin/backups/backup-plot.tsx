import type { Backup } from '#shared/contract/admin.ts';
import { useText } from '#renderer/ui/index.ts';
import { sizeWords } from './size-words.ts';

const width = 640;
const height = 72;

/** Size over age of the copies, oldest at the left. The table beside it says the same in words. */
export function BackupPlot({ backups }: { backups: readonly Backup[] }) {
  const t = useText();
  const times = backups.map(({ takenAt }) => Date.parse(takenAt));
  const first = Math.min(...times);
  const span = Math.max(1, Math.max(...times) - first);
  const most = Math.max(...backups.map(({ size }) => size), 1);
  const oldest = backups.at(-1);
  const newest = backups[0];
  if (!oldest || !newest) return null;
  return (
    <figure className="backup-plot panel">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('backup.plot', { count: backups.length })}
      >
        <line x1={0} x2={width} y1={height - 1} y2={height - 1} className="backup-plot-base" />
        {backups.map((backup) => {
          const x = backups.length === 1 ? width / 2 : 8 + ((Date.parse(backup.takenAt) - first) / span) * (width - 16);
          const tall = 8 + (backup.size / most) * (height - 18);
          return (
            <rect
              key={backup.backupId}
              x={x - 3}
              y={height - 1 - tall}
              width={6}
              height={tall}
              className={backup.state === 'verified' ? 'backup-bar' : 'backup-bar backup-bar-failed'}
            />
          );
        })}
      </svg>
      <figcaption className="small quiet">
        <span>{t.time(oldest.takenAt)}</span>
        <span>{t('backup.plot.most', { size: sizeWords(most, t.number) })}</span>
        <span>{t.time(newest.takenAt)}</span>
      </figcaption>
    </figure>
  );
}
