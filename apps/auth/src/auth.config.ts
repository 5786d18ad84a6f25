import {
  envNumber,
  envPort,
  eventsEnv,
  redisEnv,
  secretsEnv,
  serviceEnv,
  sessionEnv,
  sessionSecretsEnv,
} from '@holdfast/service';
import { secretMistake } from '@holdfast/session';
import { z } from 'zod';

/** The variables that only auth reads: the limits on attempts. */
export const authEnv = {
  LOGIN_FAILURES_PER_ACCOUNT_AND_ADDRESS: envNumber('failures', { min: 1 }).default(10),
  LOGIN_FAILURES_PER_ACCOUNT: envNumber('failures', { min: 1 }).default(50),
  LOGIN_FAILURES_PER_ADDRESS: envNumber('failures', { min: 1 }).default(100),
  REGISTRATIONS_PER_ADDRESS: envNumber('registrations', { min: 1 }).default(300),
  /** Ending other sessions needs a login that is at most this old. Default: any login will do. */
  REAUTHENTICATE_AFTER_SECONDS: envNumber('seconds', { min: 1 }).optional(),
  SECOND_FACTOR_CODES_PER_ACCOUNT: envNumber('codes', { min: 1 }).default(10),
  /** Encrypt what Redis keeps of second factors: the first encrypts, all decrypt. Default: kept as it is. */
  SECOND_FACTOR_SECRETS: secretsEnv(secretMistake),
  /** The name of this system in authenticator apps. */
  SECOND_FACTOR_ISSUER: z.string().min(1).max(64).default('Holdfast'),
  /** The domain that passkeys are for, such as `shop.example`. Default: there are no passkeys. */
  PASSKEY_RP_ID: z
    .string()
    .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'must be a domain in lower case, such as shop.example')
    .optional()
    .meta({ requires: ['PASSKEY_ORIGINS'] }),
  /** The origins of the pages that may ask for them. */
  PASSKEY_ORIGINS: z
    .string()
    .transform((text) => text.split(',').map((origin) => origin.trim()))
    .pipe(
      z.array(
        z.string().regex(/^https?:\/\/[^/]+$/, 'must be origins, separated by commas, such as https://shop.example'),
      ),
    )
    .optional()
    .meta({ requires: ['PASSKEY_RP_ID'] }),
  /** The name of this system in the browser's dialog. */
  PASSKEY_RP_NAME: z.string().min(1).max(64).default('Holdfast'),
  PASSKEY_LOGINS_PER_ADDRESS: envNumber('logins', { min: 1 }).default(300),
  ATTEMPT_WINDOW_SECONDS: envNumber('seconds', { min: 1 }).default(900),
} as const;

/** All variables of auth as a process of its own. */
export const authServiceEnv = z.object({
  ...serviceEnv,
  ...redisEnv,
  ...eventsEnv,
  ...sessionEnv,
  SESSION_SECRETS: sessionSecretsEnv(secretMistake),
  ...authEnv,
  PORT: envPort.default(3001),
});

const module = z.object({ ...authEnv, KEY_PREFIX: redisEnv.KEY_PREFIX });

/** The configuration for `AuthModule.forRoot`. */
export type AuthConfig = z.output<typeof module>;
export type AuthServiceConfig = z.output<typeof authServiceEnv>;
