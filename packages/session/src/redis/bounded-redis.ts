import { Cluster, type Redis } from 'ioredis';
import { SessionConfigError, SessionUnavailableError } from '../errors/session-error.js';
import type { MutableSessionMetrics } from '../session-metrics.js';
import type { RedisClient } from '../session-options.js';
import { Circuit } from './circuit.js';
import { isUnavailable } from './is-unavailable.js';
import type { Script } from './script.js';

/** Redis Cluster and single Redis take the same commands; only their TypeScript overloads cannot be called as a union. */
type Commands = Redis;

/**
 * Sends commands with a bounded wait. Every way Redis can be unusable rejects with `SessionUnavailableError`: within
 * `timeoutMs` the first time, at once while it stays so. Other errors pass unchanged.
 */
export class BoundedRedis {
  readonly #circuits = new Map<string, Circuit>();
  readonly #commands: Commands;
  /** Settled once the connection has been ready for the first time. */
  readonly #firstReady: Promise<void>;
  #wasReady = false;

  constructor(
    readonly client: RedisClient,
    private readonly timeoutMs: number,
    private readonly metrics: MutableSessionMetrics,
  ) {
    refuseKeyPrefix(client);
    this.#commands = client as Commands;
    this.#wasReady = client.status === 'ready';
    this.#firstReady = this.#wasReady ? Promise.resolve() : this.#waitForReady();
  }

  /**
   * `key` says which part of a Cluster the command goes to: a frozen shard does not take the others with it.
   * `commands` is how many are sent, for the metrics.
   */
  async run<Reply>(key: string, send: (redis: Commands) => Promise<Reply>, commands = 1): Promise<Reply> {
    const circuit = this.#circuit(key);
    try {
      if (circuit.isOpen) throw new Error('Redis did not answer in time and has not answered since');
      const start = performance.now();
      try {
        return await this.#bounded(this.#whenReady(send, commands), circuit);
      } finally {
        this.metrics.storeSeconds += (performance.now() - start) / 1000;
      }
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  /** The error to reject with: `SessionUnavailableError` if Redis cannot be used, else the same. */
  unavailable(error: unknown): unknown {
    if (!isUnavailable(error)) return error;
    this.metrics.unavailable += 1;
    return new SessionUnavailableError(error);
  }

  /** Runs a script whose keys all live in the slot of `key`. */
  evaluate(script: Script, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.run(key, async (redis) => {
      try {
        return await redis.evalsha(script.sha, 1, key, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return await redis.eval(script.lua, 1, key, ...args);
      }
    });
  }

  close(): void {
    for (const circuit of this.#circuits.values()) circuit.close();
  }

  #circuit(key: string): Circuit {
    const shard = this.client instanceof Cluster ? hashTag(key) : '';
    let circuit = this.#circuits.get(shard);
    if (circuit === undefined) {
      circuit = new Circuit(() => this.#commands.exists(key));
      this.#circuits.set(shard, circuit);
    }
    return circuit;
  }

  async #whenReady<Reply>(send: (redis: Commands) => Promise<Reply>, commands: number): Promise<Reply> {
    if (this.client.status !== 'ready') {
      // A connection that was lost fails fast, even if the client would queue; one still being made is worth a wait.
      if (this.#wasReady) throw new Error(`Redis connection is ${this.client.status}`);
      if (this.client.status === 'wait') await this.client.connect();
      await this.#firstReady;
    }
    this.metrics.redisCommands += commands;
    return await send(this.#commands);
  }

  #waitForReady(): Promise<void> {
    return new Promise((resolve) => {
      this.client.once('ready', () => {
        this.#wasReady = true;
        resolve();
      });
    });
  }

  #bounded<Reply>(reply: Promise<Reply>, circuit: Circuit): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // If this process was the slow one, the reply already waits in the socket: read it before judging.
        setImmediate(() => {
          if (settled) return;
          circuit.open();
          reject(new Error(`Redis did not answer within ${this.timeoutMs} ms`));
        });
      }, this.timeoutMs);
      let settled = false;
      const settle = () => {
        settled = true;
        clearTimeout(timer);
      };
      reply.then(
        (value) => {
          settle();
          resolve(value);
        },
        (error) => {
          settle();
          // The client has a timeout of its own, and it was the shorter one.
          if (error instanceof Error && error.message === 'Command timed out') circuit.open();
          reject(error);
        },
      );
    });
  }
}

/** ioredis would put it before the keys it sees, but not before those that scripts and invalidations name. */
function refuseKeyPrefix({ options }: RedisClient): void {
  const ofServers = 'redisOptions' in options ? options.redisOptions : undefined;
  if (!options.keyPrefix && !ofServers?.keyPrefix) return;
  throw new SessionConfigError(["redis: has ioredis's keyPrefix; leave that out and use the option prefix instead"]);
}

function hashTag(key: string): string {
  return key.slice(key.indexOf('{') + 1, key.indexOf('}'));
}
