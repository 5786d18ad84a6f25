import type { K6Trend } from '../k6/trend.js';
import { type ChatLedger, countRoom, type RoomCount } from './count-room.js';

export interface ChatFacts {
  readonly fault: string;
  readonly users: number;
  /** When the fault was injected, milliseconds since the epoch. */
  readonly faultAtMs: number | undefined;
  readonly deliveryTime: K6Trend;
}

/** One k6 run of the chat under one fault, as counted by its members. */
export interface ChatRun extends Omit<RoomCount, 'room' | 'members'> {
  readonly fault: string;
  readonly users: number;
  /** Joins that named a position and were given exactly what was missed. */
  readonly recovered: number;
  /** How often somebody was told `recovered: false`. */
  readonly told: number;
  readonly reconnections: number;
  /** From the fault until the last one who was away is back; 0 when nobody was, null when somebody never came back. */
  readonly backMs: number | null;
  /** From saying a message to its arrival at each member, however long that was away. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly rooms: readonly RoomCount[];
}

/** Adds the rooms up. Throws when a member's ledger is missing or never saw its room: such a run proves nothing. */
export function countChat(
  ledgers: readonly ChatLedger[],
  { fault, users, faultAtMs, deliveryTime }: ChatFacts,
): ChatRun {
  const members = ledgers.filter(({ joins }) => joins > 0);
  if (members.length !== users) {
    throw new Error(
      `${fault}: ${ledgers.length} of ${users} users finished, ${members.length} were let into their room`,
    );
  }
  const rooms = [...new Set(ledgers.map(({ room }) => room))].sort().map((room) =>
    countRoom(
      room,
      ledgers.filter((ledger) => ledger.room === room),
    ),
  );
  const inRooms = (of: (room: RoomCount) => number): number => rooms.reduce((total, room) => total + of(room), 0);
  const inLedgers = (of: (ledger: ChatLedger) => number): number =>
    ledgers.reduce((total, ledger) => total + of(ledger), 0);
  return {
    fault,
    users,
    said: inRooms(({ said }) => said),
    acknowledged: inRooms(({ acknowledged }) => acknowledged),
    delivered: inRooms(({ delivered }) => delivered),
    lost: inRooms(({ lost }) => lost),
    admitted: inRooms(({ admitted }) => admitted),
    duplicated: inRooms(({ duplicated }) => duplicated),
    reordered: inRooms(({ reordered }) => reordered),
    recovered: inLedgers(({ recovered }) => recovered),
    told: inLedgers(({ told }) => told),
    reconnections: inLedgers(({ reconnections }) => reconnections),
    backMs: backAfter(ledgers, faultAtMs),
    p50Ms: round(deliveryTime.values.med),
    p95Ms: round(deliveryTime.values['p(95)']),
    p99Ms: round(deliveryTime.values['p(99)']),
    rooms,
  };
}

function backAfter(ledgers: readonly ChatLedger[], faultAtMs: number | undefined): number | null {
  const until = ledgers.flatMap(({ away }) => away.map(({ untilMs }) => untilMs));
  if (until.includes(null)) return null;
  return faultAtMs === undefined ? 0 : Math.max(0, ...until.map((atMs) => (atMs ?? 0) - faultAtMs));
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
