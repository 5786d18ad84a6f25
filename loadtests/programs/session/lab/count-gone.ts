import { exchange } from '../exchange.js';
import type { Variant } from '../variants.js';

/** Asks for sessions as somebody does who comes back, and returns how many this server does not know. */
export async function countGone({ middleware, isLoggedIn }: Variant, cookies: readonly string[]): Promise<number> {
  let gone = 0;
  for (const cookie of cookies) {
    const { status } = await exchange(middleware, cookie, (req) => {
      if (!isLoggedIn(req)) gone++;
    });
    if (status !== 200) throw new Error(`a session that was asked for again was answered with ${status}`);
  }
  return gone;
}
