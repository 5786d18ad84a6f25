import { type CpuGroup, defineMeasure } from './measure.js';
import { inWindow, sum } from './window.js';

const GROUPS: readonly CpuGroup[] = ['gateway', 'servers', 'redis', 'generator'];

export default defineMeasure({
  id: 'cost',
  title: 'CPU time per request, without what the same processes use when there is none',
  names: {
    'cpuUs.gateway': 'CPU microseconds of the gateway per request, its idle time subtracted',
    'cpuUs.servers': 'CPU microseconds of all servers per request, their idle time subtracted',
    'cpuUs.redis': 'CPU microseconds of Redis per request, its idle time subtracted',
    'cpuUs.generator': 'CPU microseconds of k6 per request',
    'idleMs.gateway': 'CPU milliseconds of the gateway in a second without requests',
    'idleMs.servers': 'CPU milliseconds of all servers in a second without requests',
    'idleMs.redis': 'CPU milliseconds of Redis in a second without requests',
    requestsPerSecond: 'answered requests in a second',
  },
  measure(observed) {
    const { cpuSeconds, idleCpuSeconds, fromMs, untilMs } = observed;
    const requests = sum(observed.ledgers, (ledger) => inWindow(ledger, observed).length);
    if (requests === 0) return {};
    const seconds = (untilMs - fromMs) / 1000;
    const costs = GROUPS.flatMap((group) => {
      const [spent, idle] = [cpuSeconds[group], idleCpuSeconds[group]];
      if (spent === undefined || idle === undefined) return [];
      const perRequest = (Math.max(0, spent - idle * seconds) * 1e6) / requests;
      const whenIdle = group === 'generator' ? [] : [[`idleMs.${group}`, idle * 1000] as const];
      return [[`cpuUs.${group}`, perRequest] as const, ...whenIdle];
    });
    return { estimated: { ...Object.fromEntries(costs), requestsPerSecond: requests / seconds } };
  },
});
