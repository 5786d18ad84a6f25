import { defineMeasure } from './measure.js';
import { inWindow } from './window.js';

export default defineMeasure({
  id: 'new-servers',
  title: 'How much servers take over that came with the disturbance',
  names: {
    onNewServers:
      'requests that servers answered which came with the disturbance, of those answered since the last of these servers first answered (of all, when there is none)',
  },
  measure(observed) {
    if (!observed.isAfter) return {};
    const answered = observed.ledgers
      .flatMap((ledger) => inWindow(ledger, observed))
      .filter(({ intendedMs, server }) => intendedMs !== undefined && server !== '');
    const onNew = answered.filter(({ server }) => !observed.serverOf.has(server));
    const firstMs = new Map<string, number>();
    for (const { server, endMs } of onNew) firstMs.set(server, Math.min(endMs, firstMs.get(server) ?? Infinity));
    const sinceMs = Math.max(0, ...firstMs.values());
    const since = ({ endMs }: { endMs: number }): boolean => endMs >= sinceMs;
    return { counted: { onNewServers: { hit: onNew.filter(since).length, of: answered.filter(since).length } } };
  },
});
