import { z } from 'zod';
import type { Results, Verdict } from '../results/results.js';
import { CLAIM_OF_CONCLUSION, concludeFrom, conclusionLines } from './conclusion.js';
import { wordFor } from './markdown.js';
import type { DrawnPicture } from './pictures.js';

export const claimsSchema = z.array(
  z.strictObject({ number: z.int().nonnegative(), says: z.string(), measured: z.string() }),
);
export type Claims = z.infer<typeof claimsSchema>;

/**
 * docs/claims.md: every usual claim with its measurements, from the verdicts of one comparison or several. For an experiment in
 * several of them, the last one counts.
 */
export function claimsPage(
  claims: Claims,
  comparisons: readonly Results[],
  pictures: readonly DrawnPicture[] = [],
): string {
  const verdicts = comparisons.flatMap((results, n) => {
    const later = comparisons.slice(n + 1).flatMap(({ experiments }) => experiments.map(({ name }) => name));
    return results.verdicts.filter(({ experiment }) => !later.includes(experiment));
  });
  return `${[
    '# The usual claims, measured',
    '',
    'Each sentence that people say about sticky sessions and shared stores, and what our rules say about it after a run. A rule **holds**,',
    '**does not hold**, or **cannot be told**; the reason stands behind it. [lab.md](lab.md) has the method.',
    '',
    'Written by `npm run lab -- claims` from:',
    '',
    ...comparisons.map(
      ({ machine, startedAt, command }) =>
        `- the run of ${startedAt.slice(0, 10)} (\`${command}\`): ${machine.cores} cores, Node ${machine.node}, k6 ${machine.k6}, Redis ${machine.redis}`,
    ),
    ...claims.flatMap(({ number, says, measured }) => {
      const own = verdicts.filter(({ claimNumber }) => claimNumber === number);
      return [
        '',
        `## ${number}. “${says}”`,
        '',
        measured,
        '',
        ...pictures
          .filter(({ claim }) => claim === number)
          .flatMap(({ file, alt }) => [`![${alt}](images/${file})`, '']),
        ...(number === CLAIM_OF_CONCLUSION
          ? conclusionLines(concludeFrom(verdicts))
          : own.length === 0
            ? ['Not measured yet.']
            : own.map((verdict) => `- ${lineOf(verdict)}`)),
      ];
    }),
    ...ofNoClaim(verdicts.filter(({ claimNumber }) => claimNumber === null)),
  ].join('\n')}\n`;
}

function ofNoClaim(verdicts: readonly Verdict[]): string[] {
  if (verdicts.length === 0) return [];
  return [
    ...[
      '',
      '## The parts',
      '',
      'What no usual claim is about: the gateway, the sessions and the events, under faults.',
      '',
    ],
    ...verdicts.map((verdict) => `- ${lineOf(verdict)}`),
  ];
}

function lineOf(verdict: Verdict): string {
  return `**${wordFor(verdict)}** ${verdict.claim} ${verdict.because}. (experiment \`${verdict.experiment}\`)`;
}
