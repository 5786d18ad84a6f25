import { Problem } from '@holdfast/service';
import type { Request } from 'express';

/** The browser's own time limit is a minute. */
const CHALLENGE_MS = 5 * 60_000;

type Purpose = 'create' | 'log in';

declare module 'express-session' {
  interface SessionData {
    /** What a passkey is to sign next. */
    passkeyChallenge?: { readonly challenge: string; readonly purpose: Purpose; readonly at: number };
  }
}

/** Keeps a challenge in the session, in place of an earlier one. */
export function keepChallenge(req: Request, purpose: Purpose, challenge: string): void {
  req.session.passkeyChallenge = { challenge, purpose, at: Date.now() };
}

/** Takes the challenge out of the session: it counts once. Throws 409 if there is none, or another one, or an old one. */
export function takeChallenge(req: Request, purpose: Purpose): string {
  const kept = req.session.passkeyChallenge;
  delete req.session.passkeyChallenge;
  if (kept?.purpose === purpose && Date.now() - kept.at <= CHALLENGE_MS) return kept.challenge;
  throw new Problem(409, 'no_passkey_challenge', 'Ask for a challenge first, with the same cookie: POST …/options.');
}
