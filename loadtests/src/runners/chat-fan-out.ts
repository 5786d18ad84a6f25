import { z } from 'zod';
import { type ChatKind, ChatServers } from '../chat/chat-servers.js';
import { type Pace, RoomClients, type Talk } from '../chat/room-clients.js';
import { lostRun } from '../plan/lost-run.js';
import type { Run } from '../results/results.js';
import { defineRunner, type RunnerTask } from './runner.js';

const SERVERS = 3;
const FEWEST_SOCKETS = 1_000;
const USERS = 100;
/** Calm: a rate of deliveries a second. Full: a number of deliveries that are always under way. */
const DELIVERIES = 10_000;
/** The first messages warm up the compiler, and the last presence frames have been sent by then. */
const WARM_UP_SECONDS = 3;

const options = z.strictObject({
  load: z.enum(['calm', 'full']),
  /** Members of each room. */
  members: z.int().min(2).max(5_000),
  seconds: z.int().min(2).max(60).default(10),
});
type FanOutOptions = z.infer<typeof options>;

export default defineRunner<FanOutOptions>({
  id: 'chat-fan-out',
  title:
    'the same rooms talk on three chat servers and on three of Socket.IO with its Redis adapter, one after the other',
  options,
  names: {
    deliveriesMissing: 'deliveries of chat that did not arrive, of deliveries due',
    perSecond: 'deliveries a second (chat, socketIo)',
    perCpuSecond: "deliveries for a second of the servers' processor time (chat, socketIo)",
    ratio: "perCpuSecond of chat, in parts of Socket.IO's",
    p99Ratio: "p99 of chat, in parts of Socket.IO's",
    toMemberP50Ms: 'half of the messages reached a member this soon after they were said (chat, socketIo)',
    toMemberP99Ms: '99 of 100 messages reached a member this soon after they were said (chat, socketIo)',
  },
  async run(task, onStart) {
    const measured: Partial<Record<ChatKind, Measured>> = {};
    // The first of them does not always meet the cooler machine.
    const kinds: ChatKind[] = task.block % 2 === 1 ? ['socketIo', 'chat'] : ['chat', 'socketIo'];
    for (const kind of kinds) measured[kind] = await measure(kind, task.options, onStart);
    const { chat, socketIo } = measured;
    if (chat === undefined || socketIo === undefined) throw new Error('one of the two was not measured');
    return [entryOf(task, chat, socketIo)];
  },
});

interface Measured extends Talk {
  readonly perCpuSecond: number;
}

async function measure(
  kind: ChatKind,
  { load, members, seconds }: FanOutOptions,
  onStart: (stop: () => void | Promise<void>) => void,
): Promise<Measured> {
  const chat = await ChatServers.start({ kind, count: SERVERS, users: USERS }, onStart);
  const clients = new RoomClients(kind, Math.max(1, Math.floor(FEWEST_SOCKETS / members)), members);
  const messages = Math.max(2, DELIVERIES / members);
  const pace: Pace = load === 'calm' ? { perSecond: messages } : { underWay: messages };
  try {
    await clients.connect(chat.urls, chat.cookies);
    await clients.talk(pace, WARM_UP_SECONDS);
    const before = chat.cpuSeconds();
    const talk = await clients.talk(pace, seconds);
    return { ...talk, perCpuSecond: talk.delivered / (chat.cpuSeconds() - before) };
  } finally {
    clients.end();
    await chat.stop();
  }
}

function entryOf(task: RunnerTask<FanOutOptions>, chat: Measured, socketIo: Measured): Run {
  const arm = { name: task.arm, scenario: 'chat-fan-out', engine: 'chat', options: {} };
  const figures = (kind: ChatKind, { perSecond, perCpuSecond, p50Ms, p99Ms }: Measured) => ({
    [`perSecond.${kind}`]: perSecond,
    [`perCpuSecond.${kind}`]: perCpuSecond,
    [`toMemberP50Ms.${kind}`]: p50Ms,
    [`toMemberP99Ms.${kind}`]: p99Ms,
  });
  return {
    ...lostRun({ ...task, arm }, ''),
    ...{ valid: true, invalidBecause: null, durationSeconds: task.options.seconds, users: USERS, finishedUsers: USERS },
    ...{ chatSent: chat.expected, chatDelivered: chat.delivered },
    counted: { deliveriesMissing: { hit: Math.max(0, chat.expected - chat.delivered), of: chat.expected } },
    estimated: {
      ...figures('socketIo', socketIo),
      ...figures('chat', chat),
      'ratio.chat': chat.perCpuSecond / socketIo.perCpuSecond,
      'p99Ratio.chat': chat.p99Ms / socketIo.p99Ms,
    },
  };
}
