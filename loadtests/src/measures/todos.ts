import { defineMeasure } from './measure.js';
import { bySubset, inWindow, sum, todosAt } from './window.js';

export default defineMeasure({
  id: 'todos',
  title: 'Lost and missing todos',
  names: {
    todosLost:
      'acknowledged todos that a later answer denied, in the closing look too, of todos acknowledged and not denied before; after a disturbance, of those of them that a later answer denied or showed',
    todosMissing: 'lists that lacked an acknowledged todo, of lists read',
    listsAlternating: 'users who saw a todo missing and, later, back, of users who read lists',
  },
  measure(observed) {
    const { fromMs, deniedUntilMs, isAfter } = observed;
    return {
      counted: {
        ...bySubset('todosLost', observed, (ledgers) => {
          const todos = ledgers.flatMap((ledger) => todosAt(ledger, observed));
          const lost = todos.filter(({ deniedMs }) => (deniedMs ?? Infinity) < deniedUntilMs);
          // After a disturbance, a todo that no answer denied or showed may be there or not.
          const kept = todos.filter(
            ({ deniedMs, shownMs }) =>
              (deniedMs ?? Infinity) >= deniedUntilMs && (!isAfter || (shownMs ?? -Infinity) >= fromMs),
          );
          return { hit: lost.length, of: lost.length + kept.length };
        }),
        ...bySubset('todosMissing', observed, (ledgers) => {
          const lists = ledgers.flatMap((ledger) => listsOf(ledger));
          return { hit: lists.filter(({ missing }) => missing > 0).length, of: lists.length };
        }),
        ...bySubset('listsAlternating', observed, (ledgers) => {
          const readers = ledgers.map((ledger) => listsOf(ledger)).filter((lists) => lists.length > 1);
          // A todo that was denied stays asked for, so fewer todos can be missing only when one of them is back.
          const alternating = readers.filter((lists) =>
            lists.some(({ missing }, n) => missing < (lists[n - 1]?.missing ?? 0)),
          );
          return { hit: sum(alternating, () => 1), of: readers.length };
        }),
      },
    };

    function listsOf(ledger: (typeof observed.ledgers)[number]) {
      return inWindow(ledger, observed).filter(({ what, status }) => what === 'list' && status === 200);
    }
  },
});
