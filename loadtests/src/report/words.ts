import { asWritten } from '../disturbances/disturbance.js';
import type { Experiment, Run, Verdict } from '../results/results.js';

/** The three answers. */
export function verdictWord({ holds }: Pick<Verdict, 'holds'>): string {
  if (holds === null) return 'Cannot be told';
  return holds ? 'Holds' : 'Does not hold';
}

/** `round-robin-cached@twin` as `round-robin-cached (second start)`, `x@rtt=5ms` as `x (rtt=5ms)`. */
export function armTitle(arm: string): string {
  const [name = '', ...variants] = arm.split('@');
  const words = variants.map((variant) => (variant === 'twin' ? 'second start' : variant));
  return words.length === 0 ? name : `${name} (${words.join(', ')})`;
}

/** `loggedOut.bound` as `logged out, bound to the disturbed server`. */
export function measureTitle(measure: string): string {
  const [name = '', ...parts] = measure.split('.');
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return [words, ...parts.map((part) => PARTS[part] ?? part)].join(', ');
}

const PARTS: Readonly<Record<string, string>> = {
  bound: 'bound to the disturbed server',
  unbound: 'bound elsewhere',
};

/** A disturbance in words: `kill of server-2`, `redis crash`. */
export function disturbanceTitle(id: string, target: string): string {
  const words = id.replaceAll('-', ' ');
  return target === '' || words.includes(target) ? words : `${words} of ${target}`;
}

/** The disturbances of an experiment, as its file states them. */
export function disturbanceOf({ disturb }: Experiment): string {
  if (disturb.length === 0) return 'nothing is disturbed';
  return disturb
    .map(({ at, ...rest }) => {
      const [[id, value] = ['a disturbance', true]] = Object.entries(rest);
      return `${asWritten(id, value)
        .replaceAll('-', ' ')
        .replace(/server (\d|any)/, 'server-$1')}, at ${String(at)}`;
    })
    .join('; ');
}

/** The part of a run that an entry was counted in. */
export function phaseTitle({ phase, fault }: Pick<Run, 'phase' | 'fault'>): string {
  if (phase === 'whole') return 'calm run';
  return phase === 'before' ? 'before the disturbance' : `after the disturbance (${fault.replaceAll('-', ' ')})`;
}

/** The anchor of an experiment on the page. */
export function anchorOf(experiment: string): string {
  return `experiment-${experiment.replace(/[^a-zA-Z0-9_-]/g, '_')}`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
