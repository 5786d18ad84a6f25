import { defineMeasure } from './measure.js';
import { inWindow } from './window.js';

/** A user whose requests fail for longer than this is served late. */
const LATE_MS = 10_000;

export default defineMeasure({
  id: 'recovery',
  title: 'How long trouble lasts after a disturbance',
  names: {
    recoveryMs:
      'from the disturbance to the end of the last request that failed or found its user logged out, of users without such trouble before',
    servedLate: 'users who still had such trouble 10 seconds after the disturbance, of users without it before',
  },
  measure(observed) {
    if (!observed.isAfter) return {};
    const { fromMs } = observed;
    const isTrouble = ({ outcome }: { outcome: string }): boolean => outcome === 'failed' || outcome === 'out';
    // Earlier trouble did not come from the disturbance: round robin over server memory logs users out all the time.
    const untroubled = observed.ledgers.filter(
      (ledger) => !ledger.requests.some((request) => request.endMs < fromMs && isTrouble(request)),
    );
    // With every user in trouble before, the effect of the disturbance cannot be seen.
    if (untroubled.length === 0) return {};
    const lasted = untroubled.map((ledger) =>
      Math.max(
        0,
        ...inWindow(ledger, observed)
          .filter(isTrouble)
          .map(({ endMs }) => endMs - fromMs),
      ),
    );
    return {
      counted: { servedLate: { hit: lasted.filter((ms) => ms > LATE_MS).length, of: untroubled.length } },
      estimated: { recoveryMs: Math.max(...lasted) },
    };
  },
});
