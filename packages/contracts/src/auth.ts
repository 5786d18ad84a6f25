import { z } from 'zod';
import { userSchema } from './user.js';

const USERNAME = /^[A-Za-z0-9](?:[A-Za-z0-9._@+-]*[A-Za-z0-9])?$/;

/** 2 to 64 ASCII letters, digits and `. _ - @ +`. Two names that differ only in case are the same name. */
export const usernameSchema = z
  .string()
  .min(2, 'Use at least 2 characters.')
  .max(64, 'Use at most 64 characters.')
  .regex(USERNAME, 'Use letters, digits and . _ - @ +, with a letter or digit first and last.');

/** A password at login: any text that was ever allowed as a password. */
export const presentedPasswordSchema = z.string().min(1, 'Give the password.').max(256, 'Use at most 256 characters.');

/** A new password: 8 to 256 characters, never truncated. The service refuses common ones. */
export const chosenPasswordSchema = z
  .string()
  .refine((password) => [...password].length >= 8, 'Use at least 8 characters.')
  .refine((password) => password.length <= 256, 'Use at most 256 characters.')
  .meta({ minLength: 8, maxLength: 256 });

/** `POST /auth/register` */
export const registerRequestSchema = z.strictObject({ username: usernameSchema, password: chosenPasswordSchema });

/** `POST /auth/login`. The rules for new names do not apply: an invalid name is simply unknown. */
export const loginRequestSchema = z.strictObject({
  username: z.string().min(1, 'Give the user name.').max(64, 'Use at most 64 characters.'),
  password: presentedPasswordSchema,
});

/** `POST /auth/register` 201, `POST /auth/login` 200 */
export const userAnswerSchema = z.object({ user: userSchema });

/** `GET /auth/me` 200 */
export const meAnswerSchema = z.object({
  user: userSchema,
  session: z.object({
    /** Public id, as in the device list. */
    id: z.string(),
    createdAt: z.iso.datetime(),
    /** When the session ends if it is not used again. */
    expiresAt: z.iso.datetime(),
  }),
});

/** `POST /auth/password` */
export const passwordChangeRequestSchema = z.strictObject({
  current: presentedPasswordSchema,
  next: chosenPasswordSchema,
  endOtherSessions: z.boolean().default(false),
});

/** A session in the device list of its owner. */
export const deviceSchema = z.object({
  id: z.string(),
  /** True for the session of this request. */
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  userAgent: z.string().optional(),
});

/** `GET /auth/sessions` 200, newest first */
export const devicesAnswerSchema = z.object({ sessions: z.array(deviceSchema) });

/** An action of a user, or an event of one of their sessions. */
export const activityEntrySchema = z.object({
  id: z.string(),
  /** Name of the event: `user.registered`, `session.started`, `session.ended`, `todo.added`, … */
  type: z.string(),
  at: z.iso.datetime(),
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** `GET /auth/activity` 200, newest first */
export const activityAnswerSchema = z.object({ activity: z.array(activityEntrySchema) });

/** `GET /auth/activity?limit=` */
export const activityQuerySchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });

/** The `:id` of a session. */
export const sessionIdParamSchema = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'No such id.') });

export type RegisterRequest = z.infer<typeof registerRequestSchema>;
export type LoginRequest = z.infer<typeof loginRequestSchema>;
export type UserAnswer = z.infer<typeof userAnswerSchema>;
export type MeAnswer = z.infer<typeof meAnswerSchema>;
export type PasswordChangeRequest = z.infer<typeof passwordChangeRequestSchema>;
export type DeviceView = z.infer<typeof deviceSchema>;
export type DevicesAnswer = z.infer<typeof devicesAnswerSchema>;
export type ActivityEntry = z.infer<typeof activityEntrySchema>;
export type ActivityAnswer = z.infer<typeof activityAnswerSchema>;
