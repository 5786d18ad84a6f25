import type { CreatedPasskey, PasskeyAssertion, User } from '@holdfast/contracts';
import { newEvent } from '@holdfast/events';
import { currentRequest, Problem } from '@holdfast/service';
import type { Passkey, PasskeyRepository } from './passkey.repository.js';
import type { RelyingParty } from './relying-party.js';

const MOST_PASSKEYS = 20;

/** Passkeys of users. It does not know about sessions. */
export class PasskeysService {
  constructor(
    private readonly repository: PasskeyRepository,
    /** Undefined: there are none, and every method rejects with 404. */
    private readonly relyingParty: RelyingParty | undefined,
  ) {}

  async list({ id }: User): Promise<readonly Passkey[]> {
    this.party();
    return (await this.repository.of(id))?.passkeys ?? [];
  }

  async creationOptions(user: User) {
    return this.party().creationOptions(user, await this.list(user));
  }

  /** Rejects with 400 for an answer that is not one to this challenge, 409 for a passkey that the user has and beyond twenty. */
  async add(user: User, challenge: string, { label, response }: CreatedPasskey): Promise<Passkey> {
    const passkey = await this.party().verifyCreation(response, challenge, label);
    if (passkey === undefined) {
      throw new Problem(400, 'invalid_passkey', 'The answer of the browser is not one to this challenge; begin again.');
    }
    const added = newEvent('passkey.added', { key: user.id, data: {}, ...currentRequest() });
    if (!(await this.repository.add(user, passkey, MOST_PASSKEYS, added))) {
      throw new Problem(409, 'passkey_refused', `You have this passkey, or ${MOST_PASSKEYS} of them; remove one.`);
    }
    return passkey;
  }

  requestOptions() {
    return this.party().requestOptions();
  }

  /** The name of the user whose passkey signed this challenge. Rejects with 401. */
  async verify(challenge: string, response: PasskeyAssertion['response']): Promise<string> {
    const userId = Buffer.from(response.response.userHandle, 'base64url').toString('utf8');
    const { userName, passkeys } = (await this.repository.of(userId)) ?? {};
    const passkey = passkeys?.find(({ id }) => id === response.id);
    const counter = passkey && (await this.party().verifyRequest(response, challenge, passkey));
    const isUsed = counter !== undefined && (await this.repository.use(userId, response.id, counter));
    if (isUsed && userName !== undefined) return userName;
    throw new Problem(401, 'invalid_passkey', 'This passkey is not known here, or did not sign this challenge.');
  }

  /** False if the user has no such passkey. */
  async remove(user: User, passkeyId: string): Promise<boolean> {
    this.party();
    const removed = newEvent('passkey.removed', { key: user.id, data: {}, ...currentRequest() });
    return this.repository.remove(user.id, passkeyId, removed);
  }

  private party(): RelyingParty {
    if (this.relyingParty !== undefined) return this.relyingParty;
    throw new Problem(404, 'passkeys_off', 'There are no passkeys here: set PASSKEY_RP_ID and PASSKEY_ORIGINS.');
  }
}
