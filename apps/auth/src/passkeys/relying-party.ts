import type { User } from '@holdfast/contracts';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Passkey } from './passkey.repository.js';

type WebAuthn = typeof import('@simplewebauthn/server');

/** Who the passkeys are for. */
export interface RelyingPartyOptions {
  /** The domain, such as `shop.example`. Passkeys of one domain are of no use at another. */
  readonly id: string;
  /** The pages that may ask for them, such as `https://shop.example`. */
  readonly origins: readonly string[];
  /** Shown by the browser. */
  readonly name: string;
}

/** The registration and login ceremonies of WebAuthn. A passkey here always asks for PIN, finger or face: it is two factors by itself. */
export class RelyingParty {
  private constructor(
    private readonly webAuthn: WebAuthn,
    private readonly options: RelyingPartyOptions,
  ) {}

  /** Rejects with a sentence when `@simplewebauthn/server` is not installed. */
  static async open(options: RelyingPartyOptions): Promise<RelyingParty> {
    const webAuthn = await import('@simplewebauthn/server').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      throw new Error(
        'PASSKEY_RP_ID is set, and @simplewebauthn/server is not installed: npm install @simplewebauthn/server, or unset it.',
      );
    });
    return new RelyingParty(webAuthn, options);
  }

  /** For `navigator.credentials.create`. A device that has one of `existing` is not asked again. */
  creationOptions({ id, name }: User, existing: readonly Passkey[]) {
    return this.webAuthn.generateRegistrationOptions({
      rpID: this.options.id,
      rpName: this.options.name,
      userName: name,
      // It comes back at each login, and finds the passkeys.
      userID: new TextEncoder().encode(id),
      excludeCredentials: existing.map((passkey) => ({ id: passkey.id, transports: [...passkey.transports] })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  /** The new passkey, or undefined if the answer is not one to this challenge, by one of our pages. */
  async verifyCreation(
    response: RegistrationResponseJSON,
    challenge: string,
    label: string,
  ): Promise<Passkey | undefined> {
    const { registrationInfo } = await this.webAuthn
      .verifyRegistrationResponse({ response, ...this.expected(challenge) })
      .catch(() => ({ registrationInfo: undefined }));
    if (registrationInfo === undefined) return undefined;
    const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
    const key = Buffer.from(publicKey).toString('base64url');
    return { id, label, publicKey: key, transports, createdAt: new Date(), counter };
  }

  /** For `navigator.credentials.get`: the browser lets the user choose among their passkeys. */
  requestOptions() {
    return this.webAuthn.generateAuthenticationOptions({ rpID: this.options.id, userVerification: 'required' });
  }

  /** The new counter, or undefined if this passkey did not sign this challenge, for one of our pages. */
  async verifyRequest(
    response: AuthenticationResponseJSON,
    challenge: string,
    passkey: Passkey,
  ): Promise<number | undefined> {
    const { id, publicKey, counter, transports } = passkey;
    const credential = { id, publicKey: Buffer.from(publicKey, 'base64url'), counter, transports: [...transports] };
    const { verified, authenticationInfo } = await this.webAuthn
      .verifyAuthenticationResponse({ response, credential, ...this.expected(challenge) })
      .catch(() => ({ verified: false, authenticationInfo: undefined }));
    return verified ? authenticationInfo?.newCounter : undefined;
  }

  private expected(expectedChallenge: string) {
    const { id, origins } = this.options;
    return { expectedChallenge, expectedOrigin: [...origins], expectedRPID: id, requireUserVerification: true };
  }
}
