import type { UserLedger } from '../ledger/user-ledger.js';
import { defineMeasure } from './measure.js';
import { bySubset, inWindow, isLoggedInAt, sum } from './window.js';

export default defineMeasure({
  id: 'logged-out',
  title: 'Lost logins',
  names: {
    loggedOut:
      'users who lost a login they had, of users who had one; after a disturbance, of those of them who asked and were told whether they still have it',
    requestsRefused: 'requests that were asked for a login, of requests after a login was confirmed once',
  },
  measure(observed) {
    const { fromMs, isAfter } = observed;
    return {
      counted: {
        ...bySubset('loggedOut', observed, (ledgers) => {
          const lost = ledgers.filter((ledger) => had(ledger) && isToldOut(ledger));
          const kept = ledgers.filter((ledger) => had(ledger) && !isToldOut(ledger) && (!isAfter || isToldIn(ledger)));
          return { hit: lost.length, of: lost.length + kept.length };
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

    /** After a disturbance, only users who had a login when it came can lose one. */
    function had(ledger: UserLedger): boolean {
      if (isLoggedInAt(ledger, fromMs)) return true;
      return !isAfter && inWindow(ledger, observed).some(({ outcome }) => outcome === 'ok');
    }

    function isToldOut(ledger: UserLedger): boolean {
      return inWindow(ledger, observed).some(({ outcome }) => outcome === 'out');
    }

    /** A request that was sent before the disturbance says nothing of what came after it. */
    function isToldIn(ledger: UserLedger): boolean {
      return inWindow(ledger, observed).some(({ outcome, sentMs }) => outcome === 'ok' && sentMs >= fromMs);
    }
  },
});
