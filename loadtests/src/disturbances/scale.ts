import { z } from 'zod';
import { defineDisturbance, serverOf } from './disturbance.js';
import { drain, drainSeconds } from './drain.js';

/** The fleet's size before and after every run. */
const USUAL_SERVERS = 3;
const servers = z.int().min(1).max(12);
const options = z.union(
  [servers, z.strictObject({ to: servers.max(USUAL_SERVERS - 1), drainSeconds })],
  'Use a number of servers, 1 to 12, or { to: 2, drainSeconds: 10 } (1 or 2 servers stay; those that go get no new users, and each waits that long for those it has).',
);
type Options = z.infer<typeof options>;

const sizeOf = (to: Options): number => (typeof to === 'number' ? to : to.to);
/** The servers that scaling to this number takes away. */
const removed = (to: Options): string[] => ['server-1', 'server-2', 'server-3'].slice(sizeOf(to));

export default defineDisturbance<Options>({
  id: 'scale',
  title: 'the number of servers changes',
  needs: ['servers'],
  levers: (to) => (typeof to === 'number' ? ['scale'] : ['scale', 'drain']),
  options,
  targets: removed,
  ends: removed,
  longestWaitMs: (to) => (typeof to === 'number' ? 0 : to.drainSeconds * 1000),
  async disturb(control, to) {
    if (typeof to !== 'number')
      await Promise.all(removed(to).map((name) => drain(serverOf(control, name), to.drainSeconds)));
    await control.scale(sizeOf(to));
  },
  heal: (control) => control.scale(USUAL_SERVERS),
});
