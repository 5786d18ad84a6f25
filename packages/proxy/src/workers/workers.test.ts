import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../config/parse-config.js';
import type { ProxyConfig, ResolvedConfig } from '../config/proxy-config.js';
import { NetProxy } from '../net-proxy.js';
import { catchUp } from './catch-up.js';
import { afterTheEnd, mergeMetrics } from './merge-metrics.js';
import { restartDelayMs } from './restart-delay.js';
import { runCommand } from './run-command.js';
import { shareConfig } from './share-config.js';

function resolved(config: ProxyConfig): ResolvedConfig {
  const parsed = parseConfig(config);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.config;
}

const place = (n: number, url = `http://127.0.0.1:${n}`) => ({ id: `app-${n}`, url, weight: 1 });
const config = resolved({ upstreams: { app: { destinations: [place(1), place(2), place(3)] } }, routes: [] });
const noDeadline = (): undefined => undefined;

describe('a worker that starts late', () => {
  test('catches up with destinations added, removed, replaced and drained since', () => {
    const running = new NetProxy(config, {});
    running.removeDestination('app', 'app-1');
    running.removeDestination('app', 'app-2');
    running.addDestination('app', place(2, 'http://127.0.0.1:9'));
    running.addDestination('app', place(4));
    running.drain('app', 'app-3');
    running.drain('app', 'app-4');
    const late = new NetProxy(config, {});
    for (const command of catchUp(config, running.upstreams(), noDeadline)) {
      expect(runCommand(late, command)).toEqual({ ok: true });
    }
    const byId = (proxy: NetProxy) =>
      [...(proxy.upstreams()[0]?.destinations ?? [])].sort((a, b) => a.id.localeCompare(b.id));
    expect(byId(late)).toEqual(byId(running));
  });

  test('has nothing to catch up with when nothing was changed', () => {
    expect(catchUp(config, new NetProxy(config, {}).upstreams(), noDeadline)).toEqual([]);
  });

  test('gives bound clients of a draining destination the time that is left', () => {
    const running = new NetProxy(config, {});
    running.drain('app', 'app-1', { deadlineMs: 60_000 });
    expect(catchUp(config, running.upstreams(), () => 1234)).toEqual([
      { do: 'drain', upstream: 'app', id: 'app-1', deadlineMs: 1234 },
    ]);
  });
});

describe('one of several workers', () => {
  test('has its share of every total, and every ratio and rule as it stands', () => {
    const whole = resolved({
      limits: { maxConnections: 100 },
      decisionsPerSecond: 5,
      upstreams: {
        app: {
          limits: { maxInFlightPerDestination: 10, maxQueued: 0, queueTimeoutMs: 900 },
          ejection: { failures: 5 },
          retryBudgetRatio: 0.2,
          destinations: [],
        },
      },
      routes: [],
    });
    const share = shareConfig(whole, 4);
    expect(share.limits.maxConnections).toBe(25);
    expect(share.decisionsPerSecond).toBe(2);
    expect(share.upstreams.app).toMatchObject({
      limits: { maxInFlightPerDestination: 3, maxQueued: 0, queueTimeoutMs: 900 },
      ejection: { failures: 5 },
      retryBudgetRatio: 0.2,
    });
  });

  test('is replaced at once after a first death, then later and later, up to a limit', () => {
    expect([1, 2, 3, 4, 20].map(restartDelayMs)).toEqual([0, 100, 200, 400, 10_000]);
  });
});

describe('the metrics of several workers', () => {
  const one = new NetProxy(config, {});
  const metrics = { ...one.metrics(), requests: 3, openConnections: 2, problems: { no_route: 1 } };
  const [app] = metrics.upstreams;
  if (app === undefined) throw new Error('no upstream');
  const withState = (state: 'up' | 'down', inFlight: number) => ({
    ...metrics,
    upstreams: [{ ...app, destinations: app.destinations.map((each) => ({ ...each, state, inFlight })) }],
  });

  test('add up, with the worst state any of them sees', () => {
    const merged = mergeMetrics([withState('up', 1), withState('down', 2)], one.upstreams());
    expect(merged).toMatchObject({ requests: 6, openConnections: 4, problems: { no_route: 2 } });
    expect(merged.upstreams[0]?.destinations[0]).toMatchObject({ state: 'down', inFlight: 3 });
    expect(merged.workers).toHaveLength(2);
  });

  test('keep what a worker that ended had counted, and forget what it held open', () => {
    const merged = mergeMetrics([afterTheEnd(withState('down', 2)), metrics], one.upstreams());
    expect(merged).toMatchObject({ requests: 6, openConnections: 2, problems: { no_route: 2 } });
    expect(merged.upstreams[0]?.destinations[0]).toMatchObject({ state: 'up', inFlight: 0 });
    expect(merged.workers).toHaveLength(1);
  });

  test('show no destination that is gone', () => {
    const emptied = new NetProxy(config, {});
    for (const id of ['app-1', 'app-2', 'app-3']) emptied.removeDestination('app', id);
    expect(mergeMetrics([metrics], emptied.upstreams()).upstreams[0]?.destinations).toEqual([]);
  });
});
