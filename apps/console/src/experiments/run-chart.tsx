import { type ReactNode, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { LiveRun } from './lab-client.js';
import { disturbanceText } from './run-seconds.js';

const HEIGHT = 220;
/** The axis has room for so many seconds before it begins to grow. */
const FIRST_SECONDS = 10;
/** Between a mark and its words. */
const MARK_GAP = 6;

interface RunChartProps extends LiveRun {
  /** What the seconds are of. */
  readonly children: ReactNode;
}

/** Requests, errors and losses of each second of a run, with a line where a disturbance began. It grows while the run is under way. */
export function RunChart({ perSecond, disturbances, children }: RunChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const marks = useRef(disturbances);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = new uPlot(
      optionsFor(element, () => marks.current),
      [[], [], [], []],
      element,
    );
    chart.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, []);
  useEffect(() => {
    const { requests, errors, losses } = perSecond;
    marks.current = disturbances;
    chart.current?.setData([requests.map((_, second) => second + 0.5), [...requests], [...errors], [...losses]]);
  }, [perSecond, disturbances]);
  return (
    <figure className="run-chart">
      <figcaption>
        {children}: {perSecond.requests.length} seconds, {sum(perSecond.requests)} requests, {sum(perSecond.errors)}{' '}
        errors, {sum(perSecond.losses)} losses
        {disturbances.map((disturbance) => `; ${disturbanceText(disturbance)}`)}
      </figcaption>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

function optionsFor(element: HTMLElement, marks: () => LiveRun['disturbances']): uPlot.Options {
  const style = getComputedStyle(element);
  // Asked for with each drawing, as the theme may have changed.
  const colour = (name: string) => () => style.getPropertyValue(name);
  const axis = { stroke: colour('--ink-soft'), grid: { stroke: colour('--line'), width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    scales: {
      x: { time: false, range: (_, _min, max) => [0, Math.max(FIRST_SECONDS, max + 0.5)] },
      // With room for a mark's words above the line.
      y: { range: (_, _min, max) => [0, Math.max(1, max * 1.25)] },
    },
    axes: [{ ...axis, label: 'seconds', labelSize: 20 }, axis],
    legend: { live: false },
    series: [
      {},
      { label: 'requests', stroke: colour('--server-1'), width: 2 },
      { label: 'errors', stroke: colour('--warn'), width: 2, dash: [6, 4] },
      { label: 'losses', stroke: colour('--loss'), width: 3 },
    ],
    hooks: { draw: [(plot) => drawMarks(plot, marks(), style)] },
  };
}

function drawMarks({ ctx, bbox, valToPos }: uPlot, marks: LiveRun['disturbances'], style: CSSStyleDeclaration): void {
  const colour = style.getPropertyValue('--ink');
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.font = `${14 * devicePixelRatio}px ${style.fontFamily}`;
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.textBaseline = 'top';
  for (const mark of marks) {
    const x = valToPos(mark.atSeconds, 'x', true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const isRight = x > bbox.left + bbox.width / 2;
    ctx.textAlign = isRight ? 'right' : 'left';
    ctx.fillText(disturbanceText(mark), x + (isRight ? -MARK_GAP : MARK_GAP) * devicePixelRatio, bbox.top);
  }
  ctx.restore();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
