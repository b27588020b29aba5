import { useEffect, useState } from 'react';
import { useQuery } from '#renderer/client/index.ts';
import { Failed, Loading, useText } from '#renderer/ui/index.ts';
import { ListThen } from './list-then.tsx';
import { SinceThen } from './since-then.tsx';
import './time-travel.css';

const buckets = 80;
/** A drag asks many moments a second; the engine is asked when it rests (milliseconds). */
const rest = 250;

/** A moment is picked on a plot of what happened when; beside it what has changed since, and the list as it was. */
export function TimeTravel({ at, onPick }: { at: string; onPick: (at: string) => void }) {
  const t = useText();
  const activity = useQuery((client, signal) => client.knowledge.getActivity({ buckets }, { signal }), []);
  const [place, setPlace] = useState(() => Date.parse(at));
  useEffect(() => setPlace(Date.parse(at)), [at]);
  useEffect(() => {
    if (place === Date.parse(at)) return;
    const timer = setTimeout(() => onPick(new Date(place).toISOString()), rest);
    return () => clearTimeout(timer);
  }, [place, at]);
  const { data } = activity;
  if (activity.error) return <Failed error={activity.error} onRetry={activity.reload} />;
  if (!data) return <Loading />;
  const [from, to] = [Date.parse(data.from), Date.parse(data.to)];
  const most = Math.max(1, ...data.buckets.map(({ actions }) => actions));
  return (
    <section className="time-travel panel" aria-labelledby="time-travel">
      <h2 id="time-travel">{t('time.title')}</h2>
      <p className="quiet">{t('time.about')}</p>
      <div className="time-plot" role="img" aria-label={t('time.plot', { from: t.time(data.from), to: t.time(data.to) })}>
        {data.buckets.map((bucket) => (
          <span
            key={bucket.at}
            className={Date.parse(bucket.at) <= place ? 'time-bar time-bar-past' : 'time-bar'}
            title={`${t.time(bucket.at)}: ${t('time.actions', { actions: bucket.actions })}`}
            style={{ height: `${bucket.actions === 0 ? 0 : Math.max(8, (bucket.actions / most) * 100)}%` }}
          />
        ))}
      </div>
      <input
        type="range"
        className="time-slider"
        aria-label={t('time.slider')}
        aria-valuetext={t.time(new Date(place).toISOString())}
        min={from}
        max={to}
        step={Math.max(1, Math.round((to - from) / 500))}
        value={Math.min(to, Math.max(from, place))}
        onChange={(event) => setPlace(Number(event.target.value))}
      />
      <p>
        <b>{t('time.at', { at: t.time(new Date(place).toISOString()) })}</b>
      </p>
      <div className="time-sides">
        <SinceThen at={at} />
        <ListThen at={at} />
      </div>
    </section>
  );
}
