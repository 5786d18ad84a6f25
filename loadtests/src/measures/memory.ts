import { defineMeasure, type MemorySample } from './measure.js';
import { percentile } from './window.js';

/** More than what the collector leaves lying about in a process whose work stays the same. */
const GROWN = 1.25;
const FIFTHS = 5;

export default defineMeasure({
  id: 'memory',
  title: 'Memory that grows while the work stays the same',
  names: {
    processesGrown: `servers and gateways whose memory in the last fifth of the time was ${GROWN} times that in the second fifth, of those that lived through both`,
    memoryGrowth: 'the largest such ratio',
  },
  measure({ memory, fromMs, untilMs }) {
    const fifthMs = (untilMs - fromMs) / FIFTHS;
    const growths = [...memory.values()].flatMap((samples) => {
      const [early, late] = [2, FIFTHS].map((fifth) =>
        medianBytes(samples, fromMs + (fifth - 1) * fifthMs, fromMs + fifth * fifthMs),
      );
      return early === undefined || late === undefined ? [] : [late / early];
    });
    if (growths.length === 0) return {};
    return {
      counted: { processesGrown: { hit: growths.filter((growth) => growth > GROWN).length, of: growths.length } },
      estimated: { memoryGrowth: Math.max(...growths) },
    };
  },
});

function medianBytes(samples: readonly MemorySample[], fromMs: number, untilMs: number): number | undefined {
  const bytes = samples.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map((sample) => sample.bytes);
  return bytes.length === 0
    ? undefined
    : percentile(
        bytes.sort((a, b) => a - b),
        0.5,
      );
}
