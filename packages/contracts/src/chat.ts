import { z } from 'zod';

/** 1 to 64 letters, digits, `_` and `-`. */
export const roomNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'Name the room with 1 to 64 letters, digits, _ and -.');

/** 1 to 4 000 characters that are not all white space. */
export const messageTextSchema = z
  .string()
  .max(4000, 'Use at most 4000 characters.')
  .refine((text) => text.trim() !== '', 'Write something.')
  .refine((text) => !/\p{Surrogate}/u.test(text), 'Use whole Unicode characters.')
  .meta({ pattern: '\\S' });

const offset = z.int().nonnegative();

export const chatMessageSchema = z.object({
  /** Position in the room's history: 1, 2, 3, … without a hole, within one epoch. */
  offset,
  id: z.string(),
  from: z.string(),
  text: z.string(),
  at: z.iso.datetime(),
});

/** The `:room` of a path. */
export const roomParamSchema = z.strictObject({ room: roomNameSchema });

/** Most messages in a page of history. A page ends earlier at 256 KB of text. */
export const MOST_PER_PAGE = 1000;

/**
 * `GET /chat/rooms/:room/messages?after=&before=&limit=`. With `after` alone the page goes forward from that offset. Else it goes
 * back from `before`, or from the newest message, and not beyond `after`.
 */
export const historyQuerySchema = z.strictObject({
  after: z.coerce.number().int().nonnegative().optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().positive().max(MOST_PER_PAGE).optional(),
});

/** `GET /chat/rooms/:room/messages` 200, oldest first. Offsets of different epochs do not compare. */
export const historyAnswerSchema = z.object({
  epoch: z.string(),
  messages: z.array(chatMessageSchema),
  /** Whether the page was cut: there are more messages in the direction it goes. */
  more: z.boolean(),
});

/** `GET /chat/rooms/:room/presence` 200: the names of the room's members */
export const presenceAnswerSchema = z.object({ members: z.array(z.string()) });

/** Frames a client sends. `epoch` and `offset` of a `join` name the last message it has seen. */
export const clientFrameSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('join'),
    room: roomNameSchema,
    epoch: z.string().max(64).optional(),
    offset: offset.optional(),
  }),
  z.strictObject({
    type: z.literal('send'),
    room: roomNameSchema,
    text: messageTextSchema,
    /** Chosen by the client, unique per message: sending the same one again changes nothing. */
    clientId: z.string().min(1).max(64),
  }),
  /** Takes the socket out of the room. The server answers `left` also when the socket was not in it. */
  z.strictObject({ type: z.literal('leave'), room: roomNameSchema }),
  /** Asks for a page of a joined room's history, as over HTTP. */
  z.strictObject({
    type: z.literal('history'),
    room: roomNameSchema,
    after: offset.optional(),
    before: z.int().positive().optional(),
    limit: z.int().positive().max(MOST_PER_PAGE).optional(),
  }),
]);

/** Frames a server sends. */
export const serverFrameSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('joined'),
    room: z.string(),
    epoch: z.string(),
    offset,
    /** True: `messages` are exactly the missed ones. False: they are the recent history, possibly with a hole before it. */
    recovered: z.boolean(),
    messages: z.array(chatMessageSchema),
    /** Whether the room keeps messages older than these: ask for `history` with `before`. */
    more: z.boolean().optional(),
    /**
     * Only with `recovered: false`: the missed messages are still kept, but too many for this frame. The missing ones are those
     * after `after` and before `before`: fetch them as `history` of the same epoch.
     */
    missing: z.object({ after: offset, before: offset }).optional(),
  }),
  z.object({ type: z.literal('left'), room: z.string() }),
  z.object({ type: z.literal('history'), room: z.string(), ...historyAnswerSchema.shape }),
  z.object({ type: z.literal('sent'), clientId: z.string(), offset }),
  z.object({ type: z.literal('message'), room: z.string(), epoch: z.string(), message: chatMessageSchema }),
  z.object({
    type: z.literal('presence'),
    room: z.string(),
    /** At most the first hundred names. HTTP gives all of them. */
    members: z.array(z.string()),
    /** The number of members. */
    count: z.int().nonnegative().optional(),
  }),
  z.object({
    type: z.literal('error'),
    code: z.string(),
    detail: z.string().optional(),
    /** The `clientId` of the `send` that failed. */
    clientId: z.string().optional(),
    /** The room of the frame that failed. */
    room: z.string().optional(),
    /** With `throttled`: milliseconds until the server accepts frames of this user again. */
    retryAfterMs: z.int().nonnegative().optional(),
  }),
]);

/** Why the server closes a socket, and what the client should do. */
export const chatCloseCodes = {
  /** The session is over: do not reconnect, log in. */
  sessionEnded: 4401,
  /** The instance restarts: reconnect with jitter. */
  restart: 1012,
  /** A frame was larger than 64 KB: do not send it again. */
  tooBig: 1009,
  /** The user has sent too many frames within a minute: reconnect after that minute. */
  throttled: 1008,
  /** The user has too many sockets: close another one before connecting again. */
  tooManySockets: 4429,
} as const;

export type ChatMessage = z.infer<typeof chatMessageSchema>;
export type HistoryAnswer = z.infer<typeof historyAnswerSchema>;
export type PresenceAnswer = z.infer<typeof presenceAnswerSchema>;
export type ClientFrame = z.infer<typeof clientFrameSchema>;
export type ServerFrame = z.infer<typeof serverFrameSchema>;
