import { z } from 'zod';

const count = z.int().nonnegative();
const disturbance = z.object({ id: z.string(), target: z.string(), atSeconds: z.number() });
const line = z.union([
  z.object({ counts: z.object({ requests: count, errors: count, losses: count }) }),
  z.object({ disturbance }),
]);

/** The seconds of a run that are over, and the disturbances that have begun in it. */
export interface LiveRun {
  readonly perSecond: {
    readonly requests: readonly number[];
    readonly errors: readonly number[];
    readonly losses: readonly number[];
  };
  readonly disturbances: readonly z.infer<typeof disturbance>[];
}

const NOTHING: LiveRun = { perSecond: { requests: [], errors: [], losses: [] }, disturbances: [] };

/** The run with what one more line of the lab's stderr tells of it; undefined for a line of another kind. */
export function readLive(text: string, before: LiveRun = NOTHING): LiveRun | undefined {
  const json = /^live (\{.*\})$/.exec(text)?.[1];
  if (json === undefined) return undefined;
  const told = line.safeParse(parseJson(json)).data;
  if (told === undefined) return undefined;
  if ('disturbance' in told) return { ...before, disturbances: [...before.disturbances, told.disturbance] };
  const { requests, errors, losses } = before.perSecond;
  return {
    ...before,
    perSecond: {
      requests: [...requests, told.counts.requests],
      errors: [...errors, told.counts.errors],
      losses: [...losses, told.counts.losses],
    },
  };
}

/** A line of which the end is missing must not end who reads it. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
