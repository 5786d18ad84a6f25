import { z } from 'zod';
import type { JourneyStep, StepOutcome } from '../journey/journey.js';
import type { RequestEntry } from '../request/request-entry.js';

/** Marks our messages among those that browser extensions and tools post. */
const MARK = 'holdfast';

const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('register'), username: z.string(), password: z.string() }),
  z.strictObject({ kind: z.literal('add'), title: z.string() }),
  z.strictObject({ kind: z.literal('read') }),
]) satisfies z.ZodType<JourneyStep>;

const outcome = z.strictObject({
  kind: z.enum(['register', 'add', 'read']),
  status: z.int().nullable(),
  code: z.string().nullable(),
  servedBy: z.string().nullable(),
  missingTodos: z.int(),
  outage: z.string().nullable(),
}) satisfies z.ZodType<StepOutcome>;

/** How the gateway is to see the frame's client; what is left out stays as it is. */
export interface Preparation {
  /** The address it says it has; null: its own. */
  readonly address?: string | null | undefined;
  /** The value of its affinity cookie; null: without one. */
  readonly affinity?: string | null | undefined;
}

const preparation = z.strictObject({
  address: z.ipv4().nullable().optional(),
  affinity: z.string().max(200).nullable().optional(),
}) satisfies z.ZodType<Preparation>;

/** What became of a server: its process ended, and its memory with it; it cannot be reached; it can again, by the same process or another. */
export type ServerNews = 'ended' | 'away' | 'back';
const serverNews = z.enum(['ended', 'away', 'back']) satisfies z.ZodType<ServerNews>;

/**
 * From the page to a frame: a journey begins or is over; news of a server; do this step, whose `id` comes back with the
 * outcome; be seen so.
 */
const command = z.discriminatedUnion('type', [
  z.strictObject({ mark: z.literal(MARK), type: z.literal('journey'), running: z.boolean() }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('server'), server: z.string(), news: serverNews }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('perform'), id: z.int(), step }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('prepare'), id: z.int(), change: preparation }),
]);

/** A request of a frame's client, as the picture follows its session by it. */
export interface Asked
  extends Pick<RequestEntry, 'method' | 'path' | 'status' | 'code' | 'servedBy' | 'session' | 'sessionKey'> {
  /** Wall-clock milliseconds when it was answered. */
  readonly at: number;
  /** Why the gateway chose that server. */
  readonly reason: string | null;
  /** Who is signed in, as the client knows it after the answer. */
  readonly user: string | null;
}

const text = z.string().nullable();
const asked = z.strictObject({
  ...{ method: z.string(), path: z.string(), status: z.int().nullable(), code: text, servedBy: text },
  ...{ session: text, sessionKey: text, at: z.number(), reason: text, user: text },
}) satisfies z.ZodType<Asked>;

/** From a frame to the page. */
const report = z.discriminatedUnion('type', [
  z.strictObject({ mark: z.literal(MARK), type: z.literal('ready') }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('done'), id: z.int(), outcome }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('asked'), asked }),
  z.strictObject({ mark: z.literal(MARK), type: z.literal('prepared'), id: z.int(), refusal: text }),
]);

export type FrameCommand =
  | { readonly type: 'journey'; readonly running: boolean }
  | { readonly type: 'server'; readonly server: string; readonly news: ServerNews }
  | { readonly type: 'perform'; readonly id: number; readonly step: JourneyStep }
  | { readonly type: 'prepare'; readonly id: number; readonly change: Preparation };
export type FrameReport =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly id: number; readonly outcome: StepOutcome }
  | { readonly type: 'asked'; readonly asked: Asked }
  /** `refusal`: why it could not be done; null where it was. */
  | { readonly type: 'prepared'; readonly id: number; readonly refusal: string | null };

/** A message as it is posted. */
export function marked<M extends FrameCommand | FrameReport>(message: M): M & { mark: string } {
  return { ...message, mark: MARK };
}

/** What the page asked for, or null when the message is not ours or not well formed. */
export function readCommand(data: unknown): FrameCommand | null {
  return command.safeParse(data).data ?? null;
}

/** What the frame said, or null when the message is not ours or not well formed. */
export function readReport(data: unknown): FrameReport | null {
  return report.safeParse(data).data ?? null;
}
