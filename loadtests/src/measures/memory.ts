import { defineMeasure, type MemorySample } from './measure.js';
import { percentile } from './window.js';

/** More than what the collector leaves lying about in a process whose work stays the same. */
const GROWN = 1.25;
const FIFTHS = 5;
/** Fewer samples in a fifth, less than two minutes of them, do not show what is usual. */
const FEWEST = 12;

export default defineMeasure({
  id: 'memory',
  title: 'Memory that grows while the work stays the same',
  names: {
    processesGrown: `servers and gateways whose memory in the last fifth of the time was ${GROWN} times that in the second fifth, of those that lived through both`,
    memoryGrowth: 'that ratio, the largest and by process',
    memoryMegabytes: 'memory in the last fifth of the time, by process',
  },
  measure({ memory, fromMs, untilMs }) {
    const fifthMs = (untilMs - fromMs) / FIFTHS;
    const grown = [...memory.values()].flatMap(({ process, samples }) => {
      const [early, late] = [2, FIFTHS].map((fifth) =>
        medianBytes(samples, fromMs + (fifth - 1) * fifthMs, fromMs + fifth * fifthMs),
      );
      return early === undefined || late === undefined ? [] : [{ process, growth: late / early, late }];
    });
    if (grown.length === 0) return {};
    // A load balancer of several processes has one name: the process that grew most stands for it.
    grown.sort((a, b) => a.growth - b.growth);
    return {
      counted: { processesGrown: { hit: grown.filter(({ growth }) => growth > GROWN).length, of: grown.length } },
      estimated: {
        memoryGrowth: Math.max(...grown.map(({ growth }) => growth)),
        ...Object.fromEntries(
          grown.flatMap(({ process, growth, late }) => [
            [`memoryGrowth.${process}`, growth],
            [`memoryMegabytes.${process}`, late / 1e6],
          ]),
        ),
      },
    };
  },
});

/**
 * The usual memory in that time. Between two collections a process of Node may take twice what it keeps, so neither its lowest nor
 * its highest memory tells whether it keeps more.
 */
function medianBytes(samples: readonly MemorySample[], fromMs: number, untilMs: number): number | undefined {
  const bytes = samples.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs).map((sample) => sample.bytes);
  return bytes.length < FEWEST
    ? undefined
    : percentile(
        bytes.sort((a, b) => a - b),
        0.5,
      );
}
