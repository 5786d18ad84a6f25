/**
 * `node dist/programs/session/lab/releases.js '{"store":"redis","form":"changed","translates":"both","users":200}'`: two releases of an app serve the
 * same sessions in turns, as during a rolling update; prints what failed and what was lost, as one line of JSON. Release 1 keeps a
 * cart as a list of names, release 2 as lines with a count, when `form` is `changed`.
 */
import type { SessionSchema } from '@holdfast/session';
import { startRedis } from '@holdfast/testing';
import type { Request } from 'express';
import { Redis } from 'ioredis';
import { exchange } from '../exchange.js';
import { openVariant, type Variant } from '../variants.js';

interface Task {
  readonly store: 'connect-redis' | 'redis';
  readonly form: 'same' | 'changed';
  /** What release 2 does about sessions of release 1: nothing, reads them, or also writes them in their form. */
  readonly translates: 'nothing' | 'upgrade' | 'both';
  readonly users: number;
}

type List = string[];
interface Lines {
  readonly lines: { readonly name: string; readonly count: number }[];
}
type Cart = List | Lines;

/** Requests of each user after the sign-in, in turns to release 2 and to release 1. */
const REQUESTS = 6;

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const server = await startRedis();
const clients = [new Redis(server.url), new Redis(server.url)] as const;
const old = openVariant(task.store, clients[0]);
const next = openVariant(task.store, clients[1], undefined, schemaOf(task));
try {
  const counts = { requests: 0, failed: 0, added: 0, itemsLost: 0, users: task.users, usersOut: 0 };
  for (let user = 0; user < task.users; user++) {
    const { cookie } = await exchange(old.middleware, undefined, async (req) => {
      await old.login(req, `user-${user}`);
      setCart(req, ['first']);
    });
    let promised = 1;
    for (let n = 0; n < REQUESTS; n++) {
      const add = n % 2 === 0 && task.form === 'changed' ? addLine : addName;
      let handled = false;
      const { status } = await exchange((n % 2 === 0 ? next : old).middleware, cookie, (req) => {
        add(req, `item-${n}`);
        handled = true;
      });
      counts.requests++;
      // express-session answers without a status here.
      if (handled && (status ?? 200) < 400) promised++;
      else counts.failed++;
    }
    counts.added += promised;
    counts.itemsLost += Math.max(0, promised - (await itemsOf(next, cookie)));
    if (!((await isIn(next, cookie)) && (await isIn(old, cookie)))) counts.usersOut++;
  }
  console.log(JSON.stringify(counts));
} finally {
  await old.sessions?.close();
  await next.sessions?.close();
  for (const client of clients) client.disconnect();
  await server.stop();
}
process.exit(0);

function schemaOf({ translates }: Task): SessionSchema | undefined {
  if (translates === 'nothing') return undefined;
  const upgrade: SessionSchema['upgrade'] = ({ cart, ...others }) =>
    Array.isArray(cart)
      ? { ...others, cart: { lines: cart.map((name) => ({ name, count: 1 })) } }
      : { ...others, cart };
  if (translates === 'upgrade') return { version: 2, upgrade };
  return {
    ...{ version: 2, upgrade },
    downgrade: ({ cart, ...others }) => ({
      ...others,
      ...(cart ? { cart: (cart as Lines).lines.map(({ name }) => name) } : {}),
    }),
  };
}

/** Release 1. It throws, as any code does, when the cart is no list. */
function addName(req: Request, name: string): void {
  setCart(req, [...(cartOf(req) as List), name]);
}

/** Release 2. It throws when the cart has no lines. */
function addLine(req: Request, name: string): void {
  setCart(req, { lines: [...(cartOf(req) as Lines).lines, { name, count: 1 }] });
}

function cartOf(req: Request): Cart | undefined {
  return (req.session as unknown as { cart?: Cart }).cart;
}

function setCart(req: Request, cart: Cart): void {
  (req.session as unknown as { cart?: Cart }).cart = cart;
}

/** In whichever form they are. */
async function itemsOf({ middleware }: Variant, cookie: string | undefined): Promise<number> {
  let items = 0;
  await exchange(middleware, cookie, (req) => {
    const cart = cartOf(req);
    items = cart === undefined ? 0 : Array.isArray(cart) ? cart.length : cart.lines.length;
  });
  return items;
}

async function isIn({ middleware, isLoggedIn }: Variant, cookie: string | undefined): Promise<boolean> {
  let known = false;
  await exchange(middleware, cookie, (req) => {
    known = isLoggedIn(req);
  });
  return known;
}
