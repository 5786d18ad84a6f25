import type { Experiment, Verdict } from '../results/results.js';
import { OUR_ENGINE, sentenceWithout } from '../rules/engine-names.js';

const ANSWERS = [
  { holds: true, says: 'it holds behind' },
  { holds: false, says: 'it does not hold behind' },
  { holds: null, says: 'it cannot be told behind' },
] as const;

/**
 * The differences between several load balancers: one sentence for each verdict that depends on the load balancer, or one that says
 * none does; the verdicts that cannot be told behind one of them; and the unplanned arms. Only the last when there is one load balancer.
 */
export function engineDifferences(experiments: readonly Experiment[], verdicts: readonly Verdict[]): string[] {
  const engines = [...new Set(experiments.flatMap(({ engines = [OUR_ENGINE] }) => engines))];
  const notPlanned = experiments.flatMap((experiment) => experiment.notPlanned ?? []);
  if (engines.length < 2) return notPlanned;
  const sentences = [...bySentence(verdicts)];
  const differing = sentences
    .filter(([, answers]) => [true, false].every((holds) => answers.some((verdict) => verdict.holds === holds)))
    .map(([sentence, answers]) => `The load balancer decides: “${sentence}” ${answersOf(answers)}.`);
  const untold = engines.flatMap((engine) => {
    const mine = sentences.filter(([, answers]) => {
      const own = answers.find((verdict) => (verdict.engine ?? OUR_ENGINE) === engine);
      return own?.holds === null && answers.some(({ holds }) => holds !== null);
    });
    const count = mine.length === 1 ? '1 sentence' : `${mine.length} sentences`;
    return mine.length === 0 ? [] : [`Behind ${engine} ${count} cannot be told that others decide.`];
  });
  const none = `Behind ${listOf(engines)} no verdict differs.`;
  return [...(differing.length > 0 ? differing : [none]), ...untold, ...notPlanned];
}

function bySentence(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const sentences = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const sentence = sentenceWithout(verdict.claim, verdict.engine);
    sentences.set(sentence, [...(sentences.get(sentence) ?? []), verdict]);
  }
  return sentences;
}

/** `it holds behind nginx; it does not hold behind haproxy`. */
function answersOf(answers: readonly Verdict[]): string {
  return ANSWERS.flatMap(({ holds, says }) => {
    const same = answers.filter((verdict) => verdict.holds === holds);
    return same.length === 0 ? [] : [`${says} ${listOf(same.map(({ engine = OUR_ENGINE }) => engine))}`];
  }).join('; ');
}

function listOf(names: readonly string[]): string {
  return names.length < 2 ? `${names[0]}` : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
