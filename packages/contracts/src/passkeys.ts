import { z } from 'zod';

const base64url = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/, 'Give base64url.');

const credential = {
  id: base64url(1400),
  rawId: base64url(1400),
  type: z.literal('public-key'),
  // What extensions answered is not used.
  clientExtensionResults: z.object({}).default({}),
};

/** `POST /auth/passkeys`: `PublicKeyCredential.toJSON()` of `navigator.credentials.create`, and a name for the list. */
export const createdPasskeySchema = z.strictObject({
  label: z.string().trim().min(1, 'Give it a name.').max(64, 'Use at most 64 characters.').default('Passkey'),
  response: z.object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(8192),
      attestationObject: base64url(32_768),
      transports: z.array(z.string().max(32)).max(10).default([]),
    }),
  }),
});

/** `POST /auth/login/passkey`: `PublicKeyCredential.toJSON()` of `navigator.credentials.get`. */
export const passkeyAssertionSchema = z.strictObject({
  response: z.object({
    ...credential,
    response: z.object({
      clientDataJSON: base64url(8192),
      authenticatorData: base64url(8192),
      signature: base64url(8192),
      userHandle: base64url(128),
    }),
  }),
});

/** A passkey in the list of its owner. */
export const passkeySchema = z.object({ id: z.string(), label: z.string(), createdAt: z.iso.datetime() });

/** `GET /auth/passkeys` 200, oldest first */
export const passkeysAnswerSchema = z.object({ passkeys: z.array(passkeySchema) });

/** `POST /auth/passkeys/options` and `POST /auth/login/passkey/options` 200: for `PublicKeyCredential.parse…OptionsFromJSON()`. */
export const passkeyOptionsAnswerSchema = z.looseObject({ challenge: z.string() });

/** The `:id` of a passkey. */
export const passkeyIdParamSchema = z.strictObject({ id: base64url(1400) });

export type CreatedPasskey = z.infer<typeof createdPasskeySchema>;
export type PasskeyAssertion = z.infer<typeof passkeyAssertionSchema>;
export type PasskeyView = z.infer<typeof passkeySchema>;
export type PasskeysAnswer = z.infer<typeof passkeysAnswerSchema>;
export type PasskeyOptionsAnswer = z.infer<typeof passkeyOptionsAnswerSchema>;
