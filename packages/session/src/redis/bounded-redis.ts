import { reportWarning } from '../errors/report-error.js';
import { SessionForbiddenError, SessionUnavailableError } from '../errors/session-error.js';
import type { MutableSessionMetrics } from '../session-metrics.js';
import { Circuit } from './circuit.js';
import { isUnavailable } from './is-unavailable.js';
import type { RedisPort } from './redis-port.js';
import { refusedPermission } from './refused-permission.js';
import type { Script } from './script.js';

/**
 * Sends commands with a bounded wait. Every way in which Redis can be unusable rejects with `SessionUnavailableError`: within
 * `timeoutMs` the first time, and at once while Redis stays unusable. Other errors pass unchanged.
 */
export class BoundedRedis {
  private readonly circuits = new Map<string, Circuit>();
  private readonly warnedOf = new Set<string>();
  private wasReady = false;

  constructor(
    readonly port: RedisPort,
    private readonly timeoutMs: number,
    private readonly metrics: MutableSessionMetrics,
  ) {
    this.wasReady = port.isReady;
  }

  /**
   * `key` says which part of a Cluster the command goes to: a frozen shard does not take the others with it.
   * `commands` is how many are sent, for the metrics.
   */
  async run<Reply>(key: string, send: (redis: RedisPort) => Promise<Reply>, commands = 1): Promise<Reply> {
    const circuit = this.circuit(key);
    try {
      if (circuit.isOpen) throw new Error('Redis did not answer in time and has not answered since');
      const start = performance.now();
      try {
        return await this.bounded(this.whenReady(send, commands), circuit);
      } finally {
        this.metrics.storeSeconds += (performance.now() - start) / 1000;
      }
    } catch (error) {
      throw this.unavailable(error);
    }
  }

  /** The error to reject with: one of this package if Redis cannot be used or does not allow a command, else the error itself. */
  unavailable(error: unknown): unknown {
    const refused = refusedPermission(error);
    if (refused !== undefined) return this.forbidden([refused], error);
    if (!isUnavailable(error)) return error;
    this.metrics.unavailable += 1;
    return new SessionUnavailableError(error);
  }

  /** Warns of each missing permission once. */
  forbidden(missing: readonly string[], cause?: unknown): SessionForbiddenError {
    const news = missing.filter((permission) => !this.warnedOf.has(permission));
    for (const permission of news) this.warnedOf.add(permission);
    if (news.length > 0) {
      reportWarning(
        `The user of Redis that sessions are stored with may not use ${news.join(', ')}, so requests fail. Grant it what docs/session.md lists under "The ACL user".`,
      );
    }
    return new SessionForbiddenError(missing, cause);
  }

  /** Runs a script whose keys all live in the slot of `key`. */
  evaluate(script: Script, key: string, args: ReadonlyArray<string | number>): Promise<unknown> {
    return this.run(key, async (redis) => {
      try {
        return await redis.evalsha(script.sha, key, args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return await redis.eval(script.lua, key, args);
      }
    });
  }

  /** Keys that start with `start`, in batches, from every master; each batch with the bounded wait of a command. */
  async *scan(start: string, count: number): AsyncGenerator<string[]> {
    const batches = this.port.scan(`${start.replace(/[\\*?[\]]/g, '\\$&')}*`, count);
    for (;;) {
      const { done, value } = await this.run(start, () => batches.next());
      if (done) return;
      yield value;
    }
  }

  close(): void {
    for (const circuit of this.circuits.values()) circuit.close();
  }

  private circuit(key: string): Circuit {
    const shard = this.port.isCluster ? hashTag(key) : '';
    let circuit = this.circuits.get(shard);
    if (circuit === undefined) {
      circuit = new Circuit(() => this.port.exists(key));
      this.circuits.set(shard, circuit);
    }
    return circuit;
  }

  private async whenReady<Reply>(send: (redis: RedisPort) => Promise<Reply>, commands: number): Promise<Reply> {
    if (this.port.isReady) this.wasReady = true;
    else {
      // A lost connection fails fast, even if the client would queue. A connection still being made is worth a wait.
      if (this.wasReady) throw new Error('The connection to Redis is lost');
      await this.port.whenReady();
      this.wasReady = true;
    }
    this.metrics.redisCommands += commands;
    return await send(this.port);
  }

  private bounded<Reply>(reply: Promise<Reply>, circuit: Circuit): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // If this process was slow itself, the reply already waits in the socket: it is read before judging.
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
          // The client's own timeout was the shorter one.
          if (error instanceof Error && error.message === 'Command timed out') circuit.open();
          reject(error);
        },
      );
    });
  }
}

function hashTag(key: string): string {
  return key.slice(key.indexOf('{') + 1, key.indexOf('}'));
}
