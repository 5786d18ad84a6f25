import { defineMeasure } from './measure.js';
import { inWindow } from './window.js';

export default defineMeasure({
  id: 'wrong-user',
  title: 'Answers for another user',
  names: { wrongUser: 'answers that named another user than the one who asked, of answers that name a user' },
  measure(observed) {
    const profiles = observed.ledgers
      .flatMap((ledger) => inWindow(ledger, observed))
      .filter(({ what, status }) => what === 'profile' && status === 200);
    if (profiles.length === 0) return {};
    return {
      counted: {
        wrongUser: { hit: profiles.filter(({ outcome }) => outcome === 'wrong').length, of: profiles.length },
      },
    };
  },
});
