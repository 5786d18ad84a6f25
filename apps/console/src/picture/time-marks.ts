import type { StateChange } from '../admin/shapes.js';
import type { Asked } from '../bridge/messages.js';
import type { Death } from './session-object.js';
import type { Pulled } from './use-levers.js';
import type { TimedState } from './use-process-events.js';

/** Something that happened, on the time axis. */
export interface TimeMark {
  readonly at: number;
  readonly kind: 'lever' | 'server' | 'session';
  readonly text: string;
}

/** A change of state, with the time at which the page heard of it. */
export type TimedChange = StateChange & { readonly at: number };

interface Sources {
  readonly sides: readonly { readonly label: string; readonly asked: readonly Asked[] }[];
  readonly deaths: readonly Death[];
  readonly states: readonly TimedState[];
  readonly changes: readonly TimedChange[];
  readonly pulled: readonly Pulled[];
}

/** All that happened, the oldest first. Plain reads are no events. A change that several upstreams tell at once is one. */
export function timeMarks({ sides, deaths, states, changes, pulled }: Sources): readonly TimeMark[] {
  const told = new Set<string>();
  const marks: TimeMark[] = [
    ...pulled.map(({ at, text }) => ({ at, kind: 'lever' as const, text })),
    ...deaths.map(({ at, id }) => ({ at, kind: 'server' as const, text: `${id} ended` })),
    ...states.map(({ at, id, state }) => ({
      ...{ at, kind: 'server' as const, text: `${id} ${state === 'ready' ? 'up' : state}` },
    })),
    ...changes.flatMap(({ at, destination, state, because }) => {
      const key = `${destination} ${state} ${Math.floor(at / 1000)}`;
      if (told.has(key)) return [];
      told.add(key);
      return [{ at, kind: 'server' as const, text: `${destination} ${state}: ${because}` }];
    }),
    ...sides.flatMap(({ label, asked }) =>
      asked.flatMap((one) => {
        const text = sessionText(one);
        return text === null ? [] : [{ at: one.at, kind: 'session' as const, text: `${label.toLowerCase()}: ${text}` }];
      }),
    ),
  ];
  return marks.sort((a, b) => a.at - b.at);
}

function sessionText({ path, status, servedBy, code, session }: Asked): string | null {
  const where = servedBy ?? 'no server';
  if (status === 401) return `${where} refused the login (${code ?? 'no code'})`;
  if (status === null || status >= 500) return `a request was not answered (${code ?? status ?? 'silence'})`;
  if (status >= 400) return null;
  if (path === '/auth/logout') return `${where} ended the session`;
  return session?.endsWith(';written') === true ? `${where} wrote the session` : null;
}
