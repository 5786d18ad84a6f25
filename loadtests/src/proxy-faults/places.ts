import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BalancerSettings } from '../balancers/balancer.js';
import type { Fault, Trial } from './trial.js';

const USERS = 500;
const HASH: Partial<BalancerSettings> = { policy: 'consistent-hash' };
const COOKIE: Partial<BalancerSettings> = { affinity: true };

/** A fourth destination comes under load, drains for a second where there is a drain, and goes. */
const scaleBy =
  (binding: Partial<BalancerSettings>): Fault =>
  async (trial) => {
    const settleMs = trial.isShort ? 2_500 : 4_000;
    const four = await trial.replicas(4);
    const [fourth] = four.all.slice(3);
    if (fourth === undefined) throw new Error('there are four replicas');
    const balancer = await trial.balancer({ destinations: four.all.slice(0, 3), ...binding });
    const clients = trial.clients(balancer, { clients: 16, thinkMs: 2, users: USERS });
    await delay(settleMs);
    const outAt = performance.now();
    await balancer.add(fourth);
    await delay(settleMs);
    const drainAt = performance.now();
    await balancer.drain?.(fourth.id);
    await delay(1_000);
    await balancer.remove(fourth.id);
    const inAt = performance.now();
    await delay(settleMs);
    const end = performance.now();
    const records = await clients.end();
    const withFour = [outAt + settleMs / 3, drainAt] as const;
    return {
      counted: {
        'usersMoved.out': records.moved([0, outAt], withFour),
        'usersMoved.in': records.moved(withFour, [inAt + settleMs / 3, end]),
        ...{ getsFailed: records.failed(false), postsFailed: records.failed(true) },
        postsDoneTwice: { hit: four.doneTwice(), of: records.failed(true).of },
      },
      estimated: {},
    };
  };

export const scaleByHash = scaleBy(HASH);
export const scaleByCookie = scaleBy(COOKIE);

/** One user makes 30 % of the traffic; consistent hash over four destinations. */
const loudUserWith =
  (bound: Partial<BalancerSettings>): Fault =>
  async (trial) => {
    const four = await trial.replicas(4);
    await Promise.all(four.all.map((replica) => replica.behave({ delayMs: 10 })));
    const balancer = await trial.balancer({ destinations: four.all, ...HASH, ...bound });
    const clients = trial.clients(balancer, { clients: 64, thinkMs: 5, users: 2_000, hotShare: 0.3 });
    await delay(1_000);
    const from = performance.now();
    await delay(trial.isShort ? 3_000 : 6_000);
    const to = performance.now();
    const records = await clients.end();
    const shares = four.all.map(({ id }) => records.shareOf(id, from, to)).sort((a, b) => b.hit - a.hit);
    const [busiest = { hit: 0, of: 0 }] = shares;
    return {
      counted: { busiestShare: busiest, getsFailed: records.failed(false), postsFailed: records.failed(true) },
      estimated: { maxOverMean: (busiest.hit / busiest.of) * four.all.length },
    };
  };

export const loudUser = loudUserWith({});
export const loudUserBounded = loudUserWith({ boundedLoad: 1.25 });

/** The load balancer is ended with SIGTERM and started again on its port. */
const restartWith =
  (binding: Partial<BalancerSettings>): Fault =>
  async (trial: Trial) => {
    const three = await trial.replicas(3);
    const balancer = await trial.balancer({ destinations: three.all, ...binding });
    const clients = trial.clients(balancer, { clients: 16, thinkMs: 4, users: 300 });
    await delay(2_500);
    const at = performance.now();
    await balancer.restart();
    const backAt = performance.now();
    await delay(2_500);
    const records = await clients.end();
    const refused = records.all.filter(({ status }) => status === -1).length;
    const failed = records.failed(false).hit + records.failed(true).hit;
    const of = records.all.length;
    return {
      counted: {
        usersMoved: records.moved([0, at], [backAt, Number.POSITIVE_INFINITY]),
        requestsRefused: { hit: refused, of },
        requestsFailed: { hit: failed - refused, of },
        postsDoneTwice: { hit: three.doneTwice(), of: records.failed(true).of },
      },
      estimated: { awayMs: Math.round(backAt - at) },
    };
  };

export const restartByCookie = restartWith(COOKIE);
export const restartByHash = restartWith(HASH);

/** Clients ask two load balancers in turn, which know nothing of each other. */
const secondGatewayWith =
  (binding: () => Partial<BalancerSettings>): Fault =>
  async (trial) => {
    const three = await trial.replicas(3);
    const settings = { destinations: three.all, ...binding() };
    const both = [await trial.balancer(settings), await trial.balancer(settings)];
    const clients = trial.clients(both, { clients: 16, thinkMs: 4, users: 300 });
    // A user's first two requests may be under way at the same time, before either brings a cookie.
    await delay(1_500);
    const from = performance.now();
    await delay(trial.isShort ? 1_500 : 4_000);
    const records = await clients.end();
    return {
      counted: {
        usersMoved: records.wandered(from),
        ...{ getsFailed: records.failed(false), postsFailed: records.failed(true) },
      },
      estimated: {},
    };
  };

export const secondGatewayByCookie = secondGatewayWith(() => ({ ...COOKIE, secret: randomBytes(24).toString('hex') }));
export const secondGatewayByOwnSecret = secondGatewayWith(() => COOKIE);
export const secondGatewayByHash = secondGatewayWith(() => HASH);
