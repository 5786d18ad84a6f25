import { defineMeasure } from './measure.js';
import { inWindow, sum } from './window.js';

export default defineMeasure({
  id: 'cost',
  title: 'CPU time per request',
  names: {
    'cpuUs.gateway': 'CPU microseconds of the gateway per request',
    'cpuUs.servers': 'CPU microseconds of all servers per request',
    'cpuUs.redis': 'CPU microseconds of Redis per request',
    'cpuUs.generator': 'CPU microseconds of k6 per request',
    requestsPerSecond: 'answered requests in a second',
  },
  measure(observed) {
    const requests = sum(observed.ledgers, (ledger) => inWindow(ledger, observed).length);
    if (requests === 0) return {};
    const costs = Object.entries(observed.cpuSeconds).flatMap(([group, seconds]) =>
      seconds === undefined ? [] : [[`cpuUs.${group}`, (seconds * 1e6) / requests] as const],
    );
    const seconds = (observed.untilMs - observed.fromMs) / 1000;
    return { estimated: { ...Object.fromEntries(costs), requestsPerSecond: requests / seconds } };
  },
});
