import type { BoundedRedis } from '../redis/bounded-redis.js';
import type { Keyspace, SessionKey } from './keyspace.js';

const REFERENCE = /^([0-9a-f]{2}):([A-Za-z0-9_-]{43})$/;

/** Lists every session of a prefix, in whatever bucket it is kept. */
export class SessionListing {
  constructor(
    private readonly redis: BoundedRedis,
    private readonly keys: Keyspace,
    private readonly scanCount: number,
  ) {}

  async all(): Promise<SessionKey[]> {
    const { sessionPrefix } = this.keys;
    // SCAN may return a key twice.
    const found = new Set<string>();
    for await (const keys of this.redis.scan(sessionPrefix, this.scanCount)) {
      for (const key of keys) found.add(key);
    }
    return [...found].map((key) => {
      const rest = key.slice(sessionPrefix.length);
      return this.keys.locate(rest.slice(0, 2), rest.slice(4));
    });
  }

  async clear(): Promise<void> {
    // Each key gets its own command, since in a Cluster keys are in different slots. The commands are sent together.
    await Promise.all((await this.all()).map(({ key }) => this.redis.run(key, (redis) => redis.del(key))));
  }
}

/** Names a session without its sid, which Redis does not know. */
export function referenceTo({ bucket, id }: SessionKey): string {
  return `${bucket}:${id}`;
}

/** The session a reference names; undefined for anything else, such as a sid. */
export function locateReference(text: string, keys: Keyspace): SessionKey | undefined {
  const [, bucket, id] = REFERENCE.exec(text) ?? [];
  return bucket === undefined || id === undefined ? undefined : keys.locate(bucket, id);
}
