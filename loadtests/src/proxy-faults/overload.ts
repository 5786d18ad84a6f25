import { setTimeout as delay } from 'node:timers/promises';
import type { BalancerSettings } from '../balancers/balancer.js';
import { percentile } from '../measures/window.js';
import type { Fault, Trial } from './trial.js';

const SLOTS = 8;
const DELAY_MS = 20;
/** What three destinations of so many slots serve at most; timers are late, so somewhat less in practice. */
const CAPACITY = (3 * SLOTS * 1_000) / DELAY_MS;
const GOOD_MS = 500;
const PATIENCE_MS = 1_000;
/** A machine on which even this part of what is asked below capacity comes too late has no capacity to be measured. */
const LEAST_PEAK = 0.5;
const LIMITS = { perDestination: SLOTS, queued: 32, queueMs: 250 };

/**
 * Three times as many requests as the destinations can serve, from clients that give up after a second. Goodput counts answers of 200
 * within half a second; its peak is what the same destinations serve when asked for 90 % of their capacity.
 */
const overloadWith =
  (settings: Partial<BalancerSettings>): Fault =>
  async (trial) => {
    const asked = 0.9 * CAPACITY;
    const peak = await offer(trial, settings, asked);
    const over = await offer(trial, settings, 3 * CAPACITY);
    return {
      invalidBecause: whyNoPeak(peak.goodput, asked),
      counted: {
        requestsShed: { hit: over.refused, of: over.offered },
        clientsGaveUp: { hit: over.offered - over.answered - over.refused, of: over.offered },
      },
      estimated: {
        ...{ peakPerSecond: peak.goodput, goodputPerSecond: over.goodput, goodputOfPeak: over.goodput / peak.goodput },
        ...{ goodP99Ms: over.goodP99Ms, shedP50Ms: over.shedP50Ms },
      },
    };
  };

/** The reason why three times the load says nothing: the machine was too busy for the load below capacity. */
export function whyNoPeak(goodput: number, asked: number): string | null {
  if (goodput >= asked * LEAST_PEAK) return null;
  return `of ${asked} requests a second below capacity only ${Math.round(goodput)} were answered in time: end what else runs on this machine`;
}

export const overload = overloadWith({ limits: LIMITS });
export const overloadUnlimited = overloadWith({});

async function offer(trial: Trial, settings: Partial<BalancerSettings>, perSecond: number) {
  const durationMs = trial.isShort ? 4_000 : 10_000;
  const three = await trial.replicas(3);
  await Promise.all(three.all.map((replica) => replica.behave({ slots: SLOTS, delayMs: DELAY_MS })));
  const balancer = await trial.balancer({ destinations: three.all, ...settings });
  const clients = trial.clients(balancer, { perSecond, postShare: 0, timeoutMs: PATIENCE_MS });
  // The first seconds warm up; under overload they also let the lines fill.
  await delay(durationMs / 3);
  const from = performance.now();
  await delay(durationMs);
  const to = performance.now();
  const offered = (await clients.end()).between(from, to);
  await trial.started.stop();
  const timesOf = (is: (status: number) => boolean) =>
    offered
      .filter(({ status }) => is(status))
      .map(({ startedAt, endedAt }) => endedAt - startedAt)
      .sort((a, b) => a - b);
  const answered = timesOf((status) => status === 200);
  const refused = timesOf((status) => status >= 500);
  return {
    ...{ offered: offered.length, answered: answered.length, refused: refused.length },
    goodput: answered.filter((ms) => ms <= GOOD_MS).length / ((to - from) / 1_000),
    ...{ goodP99Ms: percentile(answered, 0.99), shedP50Ms: percentile(refused, 0.5) },
  };
}
