import { defineMeasure } from './measure.js';
import { inWindow } from './window.js';

export default defineMeasure({
  id: 'balance',
  title: 'How evenly servers share the requests, and who moves',
  names: {
    maxShareOverMean: 'requests of the busiest server over the mean of all servers',
    moved: 'users whose server changed, of users with at least two answers',
  },
  measure(observed) {
    const perServer = new Map<string, number>([...observed.serverOf.values()].map((server) => [server, 0]));
    let moved = 0;
    let users = 0;
    for (const ledger of observed.ledgers) {
      const intended = inWindow(ledger, observed).filter(
        ({ intendedMs, server }) => intendedMs !== undefined && server !== '',
      );
      for (const { server } of intended) {
        const name = observed.serverOf.get(server) ?? server;
        perServer.set(name, (perServer.get(name) ?? 0) + 1);
      }
      const perApp = new Map<string, Set<string>>();
      for (const { server } of intended) {
        const app = server.replace(/-\d+$/, '');
        perApp.set(app, (perApp.get(app) ?? new Set()).add(server));
      }
      if (intended.length >= 2) users++;
      if ([...perApp.values()].some((servers) => servers.size > 1)) moved++;
    }
    const counts = [...perServer.values()];
    const mean = counts.reduce((total, count) => total + count, 0) / counts.length;
    return {
      counted: { moved: { hit: moved, of: users } },
      ...(mean > 0 && { estimated: { maxShareOverMean: Math.max(...counts) / mean } }),
    };
  },
});
