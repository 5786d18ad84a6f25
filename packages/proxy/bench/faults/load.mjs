import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { spawnOwned } from '../native.mjs';

const file = fileURLToPath(new URL('load-process.mjs', import.meta.url));

/** Starts recorded load on a port (settings: load-process.mjs); `end` stops it and answers with what was seen. */
export function startLoad(settings) {
  const child = spawnOwned(process.execPath, [file], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  child.send({ start: settings });
  return {
    async end() {
      child.send({ end: true });
      const [{ records, instances }] = await once(child, 'message');
      child.kill('SIGKILL');
      return new Seen(records, instances);
    },
  };
}

/** Now, on the clock the records use. */
export const now = () => performance.timeOrigin + performance.now();
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a load saw. */
export class Seen {
  constructor(records, instances) {
    this.records = records;
    this.instances = instances;
    this.total = records.status.length;
  }

  isFailed(i) {
    const status = this.records.status[i];
    return status <= 0 || status >= 500;
  }

  /** Requests whose connection was refused. */
  get refused() {
    return this.records.status.filter((status) => status === -1).length;
  }

  failed(post) {
    let count = 0;
    for (let i = 0; i < this.total; i++) if (this.records.post[i] === post && this.isFailed(i)) count++;
    return count;
  }

  /** The POSTs that failed, by the name the ledger knows them by. */
  get failedPosts() {
    return this.records.request.filter((name, i) => name !== '' && this.isFailed(i));
  }

  /** The longest a GET took, in ms. */
  get longestGetMs() {
    let longest = 0;
    for (let i = 0; i < this.total; i++) {
      const { post, startedAt, endedAt } = this.records;
      if (!post[i]) longest = Math.max(longest, endedAt[i] - startedAt[i]);
    }
    return longest;
  }

  /** From `at` to the start of the last request that failed or took longer than `slowMs`: by then the fault was over for new ones. */
  recoveredAfterMs(at, slowMs = 400) {
    let last = at;
    for (let i = 0; i < this.total; i++) {
      const { startedAt, endedAt } = this.records;
      if (startedAt[i] >= at - slowMs && (this.isFailed(i) || endedAt[i] - startedAt[i] > slowMs)) {
        last = Math.max(last, startedAt[i]);
      }
    }
    return last - at;
  }

  /** Requests that each destination answered between two moments. */
  shares(from = 0, to = Number.POSITIVE_INFINITY) {
    const counts = Object.fromEntries(this.instances.map((id) => [id, 0]));
    let sum = 0;
    for (let i = 0; i < this.total; i++) {
      const at = this.records.startedAt[i];
      const id = this.instances[this.records.instance[i]];
      if (id === undefined || at < from || at >= to) continue;
      counts[id]++;
      sum++;
    }
    return Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, sum === 0 ? 0 : count / sum]));
  }

  /** Where each user was seen first and last between two moments. */
  placeOf(from, to) {
    const places = new Map();
    for (let i = 0; i < this.total; i++) {
      const at = this.records.startedAt[i];
      const instance = this.records.instance[i];
      if (instance >= 0 && at >= from && at < to) places.set(this.records.user[i], instance);
    }
    return places;
  }
}

/** The share of users, seen in both, who were somewhere else in the second. */
export function movedShare(before, after) {
  let seen = 0;
  let moved = 0;
  for (const [user, place] of before) {
    if (!after.has(user)) continue;
    seen++;
    if (after.get(user) !== place) moved++;
  }
  return seen === 0 ? 0 : moved / seen;
}
