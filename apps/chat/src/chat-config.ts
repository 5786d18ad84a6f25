import { envNumber } from '@holdfast/service';
import { z } from 'zod';

/** The environment variables of chat, in addition to those of every service. */
export const chatEnv = {
  /** Messages kept per room: how far back a client can recover. */
  CHAT_HISTORY_LENGTH: envNumber('messages', { min: 1, max: 100_000 }).default(1_000),
  /** Frames one user may send, over all of their sockets. */
  CHAT_MESSAGES_PER_MINUTE: envNumber('messages', { min: 1 }).default(100),
  /** Sockets one user may have open on this instance. */
  CHAT_SOCKETS_PER_USER: envNumber('sockets', { min: 1 }).default(20),
  /** A shutdown closes sockets over this time, so that clients do not all reconnect at once. */
  CHAT_CLOSE_SPREAD_MS: envNumber('milliseconds', { max: 60_000 }).default(500),
} as const;

const schema = z.object(chatEnv);

export type ChatConfig = z.output<typeof schema> & { readonly KEY_PREFIX: string };

/** Injects the `ChatConfig`. */
export const CHAT_CONFIG = Symbol('CHAT_CONFIG');
