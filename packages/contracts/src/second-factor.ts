import { z } from 'zod';
import { presentedPasswordSchema } from './auth.js';

/** Six digits of an authenticator app, or a recovery code; spaces, dashes and case do not count. */
export const secondFactorCodeSchema = z
  .string()
  .max(64, 'Use at most 64 characters.')
  .transform((code) => code.replace(/[\s-]/g, '').toLowerCase())
  .pipe(z.string().regex(/^(?:\d{6}|[a-z2-7]{24})$/, 'Give the six digits of the app, or a recovery code.'));

/** `POST /auth/login/second-factor`, `POST /auth/second-factor/confirm` */
export const codeRequestSchema = z.strictObject({ code: secondFactorCodeSchema });

/** `POST /auth/second-factor`: what changes how one logs in needs the password again. */
export const passwordRequestSchema = z.strictObject({ password: presentedPasswordSchema });

/** `POST /auth/second-factor/remove` */
export const secondFactorRemovalRequestSchema = z.strictObject({
  password: presentedPasswordSchema,
  code: secondFactorCodeSchema,
});

/** `GET /auth/second-factor` 200 */
export const secondFactorAnswerSchema = z.object({
  enrolled: z.boolean(),
  /** 0 without a second factor. */
  recoveryCodesLeft: z.int().min(0),
});

/** `POST /auth/second-factor` 200 */
export const secondFactorSecretAnswerSchema = z.object({
  /** Base32, to be typed into an app. */
  secret: z.string(),
  /** `otpauth://totp/…`, to be shown as a QR code. */
  uri: z.string(),
});

/** `POST /auth/second-factor/confirm` 200: shown this once. */
export const recoveryCodesAnswerSchema = z.object({ recoveryCodes: z.array(z.string()) });

export type CodeRequest = z.infer<typeof codeRequestSchema>;
export type PasswordRequest = z.infer<typeof passwordRequestSchema>;
export type SecondFactorRemovalRequest = z.infer<typeof secondFactorRemovalRequestSchema>;
export type SecondFactorAnswer = z.infer<typeof secondFactorAnswerSchema>;
export type SecondFactorSecretAnswer = z.infer<typeof secondFactorSecretAnswerSchema>;
export type RecoveryCodesAnswer = z.infer<typeof recoveryCodesAnswerSchema>;
