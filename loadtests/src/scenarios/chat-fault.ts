import { setTimeout as delay } from 'node:timers/promises';
import type { FleetControl } from './fault.js';

/** Redis as far as a fault needs it. */
export interface RedisControl {
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with its data; resolves when it answers. */
  restart(): Promise<void>;
}

/** What a fault of the chat may do to the system. */
export interface ChatControl {
  readonly fleet: FleetControl;
  /** Missing where Redis is not ours to kill. */
  readonly redis?: RedisControl;
}

/** What the lab does to the chat of the running scenario `round-robin-cached`: a row of the fault matrix. */
export interface ChatFault {
  readonly name: string;
  readonly title: string;
  /** About how long injecting takes: for so long more is said. */
  readonly lastsMs: number;
  /** Members lose their sockets: a run in which nobody does proves nothing. */
  readonly cutsOff: boolean;
  /** Missing for the calm run. */
  readonly midway?: {
    readonly inject: (control: ChatControl) => Promise<void>;
    /** Undoes it after the run; resolves when the next run finds the system as this one did. */
    readonly heal: (control: ChatControl) => Promise<void>;
  };
}

const instances = ['chat-1', 'chat-2', 'chat-3'];
const redisAwayMs = 1_000;
const nothing = async (): Promise<void> => undefined;

export const chatFaults: readonly ChatFault[] = [
  { name: 'calm', title: 'Nothing goes wrong', lastsMs: 0, cutsOff: false },
  {
    name: 'F15',
    title: 'One of three instances is killed (kill -9)',
    lastsMs: 0,
    cutsOff: true,
    midway: {
      inject: ({ fleet }) => fleet.kill('chat-2'),
      heal: ({ fleet }) => fleet.restart('chat-2'),
    },
  },
  {
    name: 'rolling',
    title: 'All instances are restarted, one after the other',
    lastsMs: 7_000,
    cutsOff: true,
    midway: {
      async inject({ fleet }) {
        for (const id of instances) await fleet.restart(id);
      },
      heal: nothing,
    },
  },
  {
    name: 'redis',
    title: 'Redis is killed and started again',
    lastsMs: redisAwayMs,
    cutsOff: false,
    midway: {
      async inject({ redis }) {
        if (redis === undefined) throw new Error('this fault needs a Redis that is ours to kill');
        await redis.kill();
        await delay(redisAwayMs);
        await redis.restart();
      },
      heal: nothing,
    },
  },
];
