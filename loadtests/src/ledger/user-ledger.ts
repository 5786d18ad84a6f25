import { z } from 'zod';
import { chatLedgerSchema } from './count-room.js';

const requestSchema = z
  .tuple([
    z.string(),
    z.number(),
    z.number(),
    z.number(),
    z.string(),
    z.int(),
    z.enum(['ok', 'out', 'refused', 'failed', 'denied', 'wrong', 'passed']),
    z.int(),
  ])
  .transform(([what, intendedMs, sentMs, endMs, server, status, outcome, missing]) => ({
    /** The purpose of the request: `list`, `add`, `login`. */
    what,
    /** Milliseconds after the start, as all times here; undefined for a request that follows from an answer. */
    intendedMs: intendedMs < 0 ? undefined : intendedMs,
    sentMs,
    endMs,
    /** The answering server by `x-served-by`; empty when none answered. */
    server,
    status,
    /** `out`: a 401 to a user with a confirmed login. `refused`: a 401 to one without. `failed`: no answer or a 5xx. `wrong`: answered as another user. `passed`: says nothing about the login. */
    outcome,
    /** Acknowledged todos that this answered list lacks. */
    missing,
  }));

/** The ledger that a virtual user prints when its journey ends: see journeys/user-ledger.ts. */
export const userLedgerSchema = z.object({
  user: z.int(),
  requests: z.array(requestSchema),
  todos: z.array(
    z
      .tuple([z.number(), z.number().nullable(), z.number().nullable(), z.int()])
      .transform(([acknowledgedMs, deniedMs, shownMs, request]) => ({ acknowledgedMs, deniedMs, shownMs, request })),
  ),
  chatSent: z.int(),
  chatDelivered: z.int(),
  readyMs: z.number(),
  closingMs: z.number().nullable(),
  /** The chat ledger of a member of a chat room. */
  chat: chatLedgerSchema.optional(),
});

export type UserLedger = z.infer<typeof userLedgerSchema>;
export type RequestRecord = UserLedger['requests'][number];
