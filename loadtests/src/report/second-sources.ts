import type { Run } from '../results/results.js';

/** What gateway, Redis and the logs of rooms say of the runs of an experiment, a sentence each; none of a source that was not asked. */
export function secondSourceLines(runs: readonly Run[]): string[] {
  return [
    answersLine(runs.flatMap(({ answers }) => answers ?? [])),
    todosLine(runs.flatMap(({ store }) => store ?? [])),
    chatLine(runs.flatMap(({ chatLog }) => chatLog ?? [])),
  ].flat();
}

function answersLine(asked: readonly NonNullable<Run['answers']>[]): string[] {
  const { seen = 0, notSent = 0, unseen = 0, notCompared = 0 } = totalOf(asked);
  if (seen + notCompared === 0) return [];
  return [
    [
      ...(seen > 0
        ? [
            `The gateway counted ${seen - notSent} of the ${seen} answers with success that users saw, and ${unseen} that no user saw.`,
          ]
        : []),
      ...(notCompared > 0
        ? [
            `${notCompared} answers of servers that came or went, or of a gateway that was restarted, were not compared with its count.`,
          ]
        : []),
    ].join(' '),
  ];
}

function todosLine(asked: readonly NonNullable<Run['store']>[]): string[] {
  const { shown = 0, notStored = 0, deniedButStored = 0, unacknowledged = 0 } = totalOf(asked);
  // Users of a chat room add no todos.
  if (shown + deniedButStored + unacknowledged === 0) return [];
  return [
    [
      `Redis was read after each run: it holds ${shown - notStored} of the ${shown} todos that servers showed at the end`,
      `${deniedButStored} that a server denied, and ${unacknowledged} whose acknowledgement no user saw.`,
    ].join(', '),
  ];
}

function chatLine(asked: readonly NonNullable<Run['chatLog']>[]): string[] {
  const { acknowledged = 0, notStored = 0, unacknowledged = 0 } = totalOf(asked);
  if (acknowledged + unacknowledged === 0) return [];
  return [
    `The logs of the chat rooms hold ${acknowledged - notStored} of the ${acknowledged} messages that were acknowledged, and ${unacknowledged} whose acknowledgement did not reach their speaker in time.`,
  ];
}

function totalOf<K extends string>(counts: readonly Readonly<Record<K, number>>[]): Partial<Record<K, number>> {
  const total: Partial<Record<K, number>> = {};
  for (const one of counts) for (const name in one) total[name] = (total[name] ?? 0) + one[name];
  return total;
}
