import { defineMeasure } from './measure.js';

export default defineMeasure({
  id: 'logins',
  title: 'Logins that were refused',
  names: { loginsDenied: 'logins that the app refused, of logins tried' },
  measure({ ledgers, fromMs, isAfter }) {
    // Users sign in before the measured time begins, which is part of an undisturbed run.
    const tried = ledgers
      .flatMap(({ requests }) => requests)
      .filter(({ what, endMs }) => what === 'login' && (!isAfter || endMs >= fromMs));
    if (tried.length === 0) return {};
    return {
      counted: { loginsDenied: { hit: tried.filter(({ outcome }) => outcome !== 'ok').length, of: tried.length } },
    };
  },
});
