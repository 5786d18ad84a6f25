import { Redis } from 'ioredis';
import type { RaceResult, RaceTask } from './count-races.js';
import { exchange } from './exchange.js';
import { openVariant, type VariantName } from './variants.js';

const HANDLER_MS = 2;
const [variantName, redisUrl, cap] = process.argv.slice(2);
const redis = new Redis(redisUrl ?? '');
const variant = openVariant(variantName as VariantName, redis, cap === undefined ? undefined : Number(cap));

process.on('message', async ({ id, task }: { readonly id: number; readonly task: RaceTask }) => {
  process.send?.({ id, result: await run(task) });
});
process.on('disconnect', async () => {
  await variant.sessions?.close();
  redis.disconnect();
});
process.send?.('ready');

async function run(task: RaceTask): Promise<RaceResult> {
  const { middleware } = variant;
  switch (task.do) {
    case 'login': {
      const outcomes = await Promise.all(
        task.users.map((user) => exchange(middleware, undefined, (req) => variant.login(req, user))),
      );
      return { cookies: outcomes.map(({ cookie }) => cookie ?? ''), seen: [] };
    }
    case 'write':
      await each(task.cookies, async (req) => {
        await someTime();
        // A handler has read the session by now, and writes what it worked out.
        (req.session as unknown as Record<string, unknown>)[task.attribute] = 1;
      });
      return NOTHING;
    case 'logout':
    case 'rotate':
      await each(task.cookies, async (req) => {
        await someTime();
        await variant[task.do](req);
      });
      return NOTHING;
    case 'inspect': {
      const seen: Array<RaceResult['seen'][number]> = [];
      await Promise.all(
        task.cookies.map((cookie, n) =>
          exchange(middleware, cookie, (req) => {
            seen[n] = { alive: variant.isLoggedIn(req), attributes: Object.keys(req.session) };
          }),
        ),
      );
      return { cookies: [], seen };
    }
  }
}

async function each(cookies: readonly string[], handler: Parameters<typeof exchange>[2]): Promise<void> {
  await Promise.all(cookies.map((cookie) => exchange(variant.middleware, cookie, handler)));
}

/** 0 to 2 ms, at random, so that every order of the two requests' steps comes up. */
function someTime(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * HANDLER_MS));
}

const NOTHING: RaceResult = { cookies: [], seen: [] };
