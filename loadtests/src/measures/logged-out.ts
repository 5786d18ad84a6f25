import { defineMeasure } from './measure.js';
import { bySubset, inWindow, isLoggedInAt, sum } from './window.js';

export default defineMeasure({
  id: 'logged-out',
  title: 'Lost logins',
  names: {
    loggedOut: 'users who lost a login they had, of users who had one',
    requestsRefused: 'requests that were asked for a login, of requests after a login was confirmed once',
  },
  measure(observed) {
    const { fromMs, isAfter } = observed;
    return {
      counted: {
        ...bySubset('loggedOut', observed, (ledgers) => {
          // After a disturbance, only users who had a login when it came can lose one.
          const had = ledgers.filter(
            (ledger) =>
              isLoggedInAt(ledger, fromMs) ||
              (!isAfter && inWindow(ledger, observed).some(({ outcome }) => outcome === 'ok')),
          );
          const lost = had.filter((ledger) => inWindow(ledger, observed).some(({ outcome }) => outcome === 'out'));
          return { hit: lost.length, of: had.length };
        }),
        ...bySubset('requestsRefused', observed, (ledgers) => {
          const asked = ledgers.map((ledger) => {
            const loggedInMs = ledger.requests.find(({ outcome }) => outcome === 'ok')?.endMs ?? Infinity;
            return inWindow(ledger, observed).filter(
              ({ intendedMs, sentMs }) => intendedMs !== undefined && sentMs >= loggedInMs,
            );
          });
          const isRefused = ({ outcome }: { outcome: string }): boolean => outcome === 'out' || outcome === 'refused';
          return { hit: sum(asked, (list) => list.filter(isRefused).length), of: sum(asked, (list) => list.length) };
        }),
      },
    };
  },
});
