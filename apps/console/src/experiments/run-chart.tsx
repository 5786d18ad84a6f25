import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { RunEntry } from './lab-client.js';

const HEIGHT = 220;

/** Requests, errors and losses of each second of a run. */
export function RunChart({ run }: { readonly run: RunEntry }) {
  const place = useRef<HTMLDivElement>(null);
  // A run that only counts, such as one of costs, has none.
  const perSecond = run.perSecond?.requests.length === 0 ? undefined : run.perSecond;
  useEffect(() => {
    const element = place.current;
    if (element === null || perSecond === undefined) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name);
    const axis = { stroke: colour('--ink-soft'), grid: { stroke: colour('--line'), width: 1 } };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        scales: { x: { time: false } },
        axes: [{ ...axis, label: 'seconds', labelSize: 20 }, axis],
        legend: { live: false },
        series: [
          {},
          { label: 'requests', stroke: colour('--server-1'), width: 2 },
          { label: 'errors', stroke: colour('--warn'), width: 2, dash: [6, 4] },
          { label: 'losses', stroke: colour('--loss'), width: 3 },
        ],
      },
      [perSecond.requests.map((_, second) => second), perSecond.requests, perSecond.errors, perSecond.losses],
      element,
    );
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [perSecond]);
  if (perSecond === undefined) return <p className="hint">This run has no seconds to draw.</p>;
  return (
    <figure className="run-chart">
      <figcaption>
        Each second of <code>{run.arm}</code>
        {run.fault === 'none' ? '' : `, with ${run.fault}`}: {sum(perSecond.requests)} requests, {sum(perSecond.errors)}{' '}
        errors, {sum(perSecond.losses)} losses
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
