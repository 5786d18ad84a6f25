import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Users that each send one numbered request after the other, over kept-alive connections.
 * @param {{ urls: string[], keys: number, everyMs: number }} options
 */
export function startLoad({ urls, keys, everyMs }) {
  const agent = new Agent({ keepAlive: true });
  /** @type {Record<string, number[]>} */
  const acknowledged = {};
  /** @type {Record<string, { failed: number, milliseconds: number[] }>} */
  const taken = { start: { failed: 0, milliseconds: [] } };
  let current = 'start';
  let ended = false;

  const users = Array.from({ length: keys }, async (_, user) => {
    const key = `user-${user}`;
    const confirmed = [];
    acknowledged[key] = confirmed;
    await delay((everyMs / keys) * user);
    for (let number = 1; !ended; number++) {
      const phase = taken[current];
      const startedAt = performance.now();
      const status = await send(agent, `${urls[(user + number) % urls.length]}/${key}/${number}`);
      phase?.milliseconds.push(performance.now() - startedAt);
      if (status === 201) confirmed.push(number);
      else if (phase !== undefined) phase.failed++;
      await delay(everyMs);
    }
  });

  return {
    /** Counts the requests from now on under this name. */
    phase(/** @type {string} */ name) {
      taken[name] = { failed: 0, milliseconds: [] };
      current = name;
    },
    async end() {
      ended = true;
      await Promise.all(users);
      agent.destroy();
      const phases = Object.entries(taken).map(([name, phase]) => [name, summary(phase)]);
      return { phases: Object.fromEntries(phases), acknowledged };
    },
  };
}

/** Resolves to the status; 0 when there was no answer. */
function send(/** @type {Agent} */ agent, /** @type {string} */ url) {
  return new Promise((resolve) => {
    request(url, { agent, method: 'POST' }, (answer) => answer.resume().once('end', () => resolve(answer.statusCode)))
      .once('error', () => resolve(0))
      .end();
  });
}

function summary(/** @type {{ failed: number, milliseconds: number[] }} */ { failed, milliseconds }) {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const quantile = (/** @type {number} */ ratio) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * ratio))] ?? 0).toFixed(1));
  return { requests: sorted.length, failed, p50Ms: quantile(0.5), p99Ms: quantile(0.99), maxMs: quantile(1) };
}
