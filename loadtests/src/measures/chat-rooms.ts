import { type ChatLedger, countRoom } from '../ledger/count-room.js';
import { defineMeasure } from './measure.js';
import { percentile, sum } from './window.js';

/** A member who is away for longer than this after a disturbance is back late. */
const LATE_MS = 5_000;

export default defineMeasure({
  id: 'chat-rooms',
  title: 'Chat messages given to the members of a room',
  names: {
    chatMissing: 'deliveries that a member was not given and was not told of, of deliveries expected',
    chatAdmitted: 'deliveries that a member was not given and was told of, of deliveries expected',
    chatDuplicated: 'messages that a member was given again, of messages given',
    chatReordered: 'messages that a member was given out of order, of messages given',
    chatCutOff: 'members who lost their socket at least once, of members',
    chatStaysAway: 'members who were not back in their room at the end, of members',
    socketsRefused: 'sockets that were not opened, of sockets tried',
    deliveryP50Ms: 'half of the messages reached a member this soon after they were said',
    deliveryP99Ms: '99 of 100 messages reached a member this soon after they were said',
    chatBackLate: 'members who were not back in their room 5 seconds after the disturbance, of members',
    chatBackMs: 'from the disturbance until the last member who was away is back',
  },
  measure({ ledgers, fromMs, deniedUntilMs, isAfter }) {
    const members = ledgers.flatMap(({ chat }) => (chat === undefined ? [] : [chat]));
    // Members get missed messages until the end, so messages are counted only there.
    if (members.length === 0 || deniedUntilMs !== Infinity) return {};
    const rooms = [...byRoom(members)].map(([room, inRoom]) => countRoom(room, inRoom));
    const expected = sum(rooms, ({ acknowledged, members: many }) => acknowledged * many);
    const given = sum(rooms, ({ delivered }) => delivered);
    const refused = sum(members, ({ refusals }) => refusals);
    const opened = sum(members, ({ joins, reconnections }) => (joins > 0 ? 1 : 0) + reconnections);
    const delays = members
      .flatMap((member) => member.given.filter(({ atMs }) => atMs >= fromMs).map(({ tookMs }) => tookMs))
      .sort((a, b) => a - b);
    const away = members.flatMap((member) => member.away);
    const back = away.flatMap(({ untilMs }) => (untilMs === null ? [] : [untilMs - fromMs]));
    return {
      counted: {
        chatMissing: { hit: sum(rooms, ({ lost }) => lost), of: expected },
        chatAdmitted: { hit: sum(rooms, ({ admitted }) => admitted), of: expected },
        chatDuplicated: { hit: sum(rooms, ({ duplicated }) => duplicated), of: given },
        chatReordered: { hit: sum(rooms, ({ reordered }) => reordered), of: given },
        chatCutOff: { hit: members.filter(({ reconnections }) => reconnections > 0).length, of: members.length },
        chatStaysAway: {
          hit: members.filter((member) => member.joins === 0 || member.away.some(({ untilMs }) => untilMs === null))
            .length,
          of: members.length,
        },
        ...(isAfter && {
          chatBackLate: {
            hit: members.filter((member) => member.away.some(({ untilMs }) => (untilMs ?? Infinity) - fromMs > LATE_MS))
              .length,
            of: members.length,
          },
        }),
        socketsRefused: { hit: refused, of: refused + opened },
      },
      estimated: {
        ...(delays.length > 0 && { deliveryP50Ms: percentile(delays, 0.5), deliveryP99Ms: percentile(delays, 0.99) }),
        ...(isAfter && { chatBackMs: Math.max(0, ...back) }),
      },
    };
  },
});

function byRoom(members: readonly ChatLedger[]): Map<string, ChatLedger[]> {
  const rooms = new Map<string, ChatLedger[]>();
  for (const member of members) rooms.set(member.room, [...(rooms.get(member.room) ?? []), member]);
  return rooms;
}
