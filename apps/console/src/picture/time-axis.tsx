import { timeText } from '../account/time-text.js';
import type { TimeMark } from './time-marks.js';

const SPAN_MS = 120_000;
/** How many events are told in words. */
const TOLD = 6;

/** The last two minutes with a mark for every event, and the newest events in words. */
export function TimeAxis({ marks, now }: { readonly marks: readonly TimeMark[]; readonly now: number }) {
  const seen = marks.filter(({ at }) => now - at < SPAN_MS);
  return (
    <section className="picture-times" aria-label="What happened">
      <div className="picture-axis" aria-hidden="true">
        {seen.map(({ at, kind, text }, index) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: two events can be alike
            key={`${at} ${index}`}
            data-kind={kind}
            title={text}
            style={{ left: `${100 - ((now - at) / SPAN_MS) * 100}%` }}
          />
        ))}
        <small>2 min ago</small>
        <small>now</small>
      </div>
      <ol>
        {marks.slice(-TOLD).map(({ at, kind, text }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two events can be alike
          <li key={`${at} ${index}`} data-kind={kind}>
            <time>{timeText(new Date(at).toISOString())}</time> {text}
          </li>
        ))}
      </ol>
      {marks.length === 0 ? <p className="hint">Nothing has happened since this page was opened.</p> : null}
    </section>
  );
}
