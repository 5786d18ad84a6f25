import { SessionUnavailableError } from '../errors/session-error.js';
import type { BoundedRedis } from '../redis/bounded-redis.js';
import { evictionPolicy } from '../redis/eviction-policy.js';
import { isUnavailable } from '../redis/is-unavailable.js';
import type { Keyspace } from './keyspace.js';
import { INDEX_AGAIN } from './scripts.js';

/** Number of keys that Redis looks at for one reply, which takes it a millisecond or two. */
const SCAN_COUNT = 1000;
/** Lifetime of an answer about the policy, and of a walk for a caller that only wants to look. */
const KEPT_MS = 60_000;

/**
 * Puts sessions back into the index of their user, where Redis may have evicted the index and left them. A walk goes through the
 * keys of the whole database in steps, so walks of a bucket are shared.
 */
export class IndexRepair {
  private policy: { readonly name: string | undefined; readonly atMs: number } | undefined;
  private readonly walks = new Map<string, { readonly begunAtMs: number; readonly done: Promise<void> }>();

  constructor(
    private readonly redis: BoundedRedis,
    private readonly keys: Keyspace,
  ) {}

  /** The policy by which Redis deletes keys when its memory is full; undefined when it deletes none, `unknown` when it does not say. */
  async evictionPolicy(): Promise<string | undefined> {
    if (this.policy !== undefined && Date.now() - this.policy.atMs < KEPT_MS) return this.policy.name;
    try {
      const infos = await this.redis.run(this.keys.sweeper, (redis) =>
        redis.memoryInfos().catch((error: unknown) => {
          // INFO may be forbidden, or not exist. An unavailable Redis is another matter.
          if (isUnavailable(error)) throw error;
          return [''];
        }),
      );
      const name = infos.map(evictionPolicy).find((policy) => policy !== undefined);
      this.policy = { name, atMs: Date.now() };
      return name;
    } catch (error) {
      // Another master of a Cluster may be away. The last known answer is the best guess.
      if (!(error instanceof SessionUnavailableError)) throw error;
      return this.policy === undefined ? 'unknown' : this.policy.name;
    }
  }

  /**
   * Resolves when the index of the user is complete, at once where Redis evicts nothing. `recent`: a walk of the last minute is
   * enough; otherwise the walk begins now.
   */
  async complete(userId: string, recent: 'recent' | 'now'): Promise<void> {
    if ((await this.evictionPolicy()) === undefined) return;
    const bucket = this.keys.bucketOfUser(userId);
    const last = this.walks.get(bucket);
    if (recent === 'recent' && last !== undefined && Date.now() - last.begunAtMs < KEPT_MS) return await last.done;
    const done = this.walk(bucket);
    this.walks.set(bucket, { begunAtMs: Date.now(), done });
    try {
      await done;
    } catch (error) {
      this.walks.delete(bucket);
      throw error;
    }
  }

  private async walk(bucket: string): Promise<void> {
    const { prefix } = this.keys;
    const start = `${prefix}{${bucket}}:`;
    for await (const found of this.redis.scan(start, SCAN_COUNT)) {
      const [first = start] = found;
      await this.redis.evaluate(INDEX_AGAIN, first, [prefix, bucket, ...found.map((key) => key.slice(start.length))]);
    }
  }
}
