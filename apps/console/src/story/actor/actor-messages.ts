import { z } from 'zod';

/** Marks the story's messages among those of the comparison, of browser extensions and of tools. */
const MARK = 'holdfast-story';

/** A request that a frame sends to its own scenario. */
const request = z.strictObject({
  method: z.enum(['GET', 'POST']),
  path: z.string().regex(/^\/(?:auth|todos|me)(?:\/[a-z]+)?$/),
  body: z.record(z.string(), z.string()).optional(),
  /** The client's address, which the gateway believes because its peer is loopback. */
  address: z.ipv4().optional(),
  /** Sent without the browser's cookies, and its answer sets none: another person. */
  stranger: z.boolean().optional(),
});
export type ActorRequest = z.infer<typeof request>;

const answer = z.strictObject({
  /** Null when there was no answer at all. */
  status: z.int().nullable(),
  /** `code` of the problem; null for an answer that is none. */
  code: z.string().nullable(),
  servedBy: z.string().nullable(),
  /** Why the gateway chose that server. */
  reason: z.string().nullable(),
  /** `x-session`: where the session was looked for, and the outcome. */
  session: z.string().nullable(),
  body: z.unknown(),
});
export type ActorAnswer = z.infer<typeof answer>;

/** From the page to a frame. `open` connects a chat socket and joins the room; `say` sends on the first and times it on the second. */
const command = z.discriminatedUnion('type', [
  z.strictObject({ mark: z.literal(MARK), type: z.literal('ask'), id: z.int(), request }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('open'), id: z.int() }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('say'), id: z.int(), text: z.string() }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('hang-up'), id: z.int() }),
]);
export type ActorCommand = DistributiveOmit<z.infer<typeof command>, 'mark' | 'id'>;

/** From a frame to the page. */
const report = z.discriminatedUnion('type', [
  z.strictObject({ mark: z.literal(MARK), type: z.literal('ready') }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('answered'), id: z.int(), answer }),
  /** A chat command is done; `heardMs` is the time from sending to hearing it on the other socket. Null: it did not work. */
  z.strictObject({ mark: z.literal(MARK), type: z.literal('chatted'), id: z.int(), heardMs: z.number().nullable() }),
]);
export type ActorReport = DistributiveOmit<z.infer<typeof report>, 'mark'>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What the page asked for, or null when the message is not the story's or not well formed. */
export function readActorCommand(data: unknown): z.infer<typeof command> | null {
  return command.safeParse(data).data ?? null;
}

/** What a frame said, or null when the message is not the story's or not well formed. */
export function readActorReport(data: unknown): z.infer<typeof report> | null {
  return report.safeParse(data).data ?? null;
}

/** A message as it is posted. */
export function storyMessage<M extends object>(message: M): M & { mark: string } {
  return { ...message, mark: MARK };
}
