import { type Command, Redis, type RedisOptions } from 'ioredis';
import { boundReply } from './bound-reply.js';
import type { SentinelAddress } from './redis-address.js';

/** The field in which ioredis keeps a pipeline's commands before it sends them. */
type Stream = Parameters<Redis['sendCommand']>[1];

/** After this long without an answer on an open connection, the client connects anew. */
export const GIVE_UP_MS = 2000;
export const CONNECT_TIMEOUT_MS = 1000;
/** Longest pause between two attempts to connect. */
export const LONGEST_PAUSE_MS = 250;

/** Milliseconds before the next attempt to connect. Jitter keeps a fleet from returning in step. */
export function pauseBeforeAttempt(attempt: number): number {
  return Math.min(25 * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

/**
 * An ioredis connection that waits at most `timeoutMs` for a reply. After one wait in vain it fails every command at once until
 * Redis answers again. `duplicate()` gives a plain connection, fit for blocking commands.
 */
export class FastFailingRedis extends Redis {
  private silent = false;

  constructor(
    address: string | SentinelAddress,
    private readonly timeoutMs: number,
  ) {
    // ioredis reads any mix of addresses and options; its types allow an address only first.
    super(typeof address === 'string' ? address : (optionsOf(address) as unknown as string), {
      connectTimeout: CONNECT_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: pauseBeforeAttempt,
      // While Redis loads its file it reports how long that may take, but only as a guess.
      maxLoadingRetryTime: LONGEST_PAUSE_MS,
    });
    let deaf: NodeJS.Timeout | undefined;
    // A frozen Redis accepts connections; through Sentinels the next attempt may lead to another one.
    this.on('connect', () => {
      deaf = setTimeout(() => this.status === 'connect' && this.disconnect(true), GIVE_UP_MS);
    });
    this.on('ready', () => clearTimeout(deaf));
    this.on('close', () => {
      clearTimeout(deaf);
      this.silent = false;
    });
  }

  override sendCommand(command: Command, stream?: Stream): unknown {
    if (this.silent && this.status === 'ready') {
      command.reject(new Error('Command timed out: Redis has not answered since an earlier one'));
      return command.promise;
    }
    boundReply(command, this.timeoutMs, () => this.listenForLife());
    return super.sendCommand(command, stream);
  }

  /** Sends a PING. Replies come in order, so its answer means that all commands before it are answered too. */
  private listenForLife(): void {
    if (this.silent || this.status !== 'ready') return;
    this.silent = true;
    const giveUp = setTimeout(() => this.disconnect(true), GIVE_UP_MS);
    const ping = new Redis.Command('ping', []);
    const alive = () => {
      clearTimeout(giveUp);
      this.silent = false;
    };
    // An error is an answer too: Redis says BUSY during a long script.
    const refused = (error: Error) => (error.name === 'ReplyError' ? alive() : clearTimeout(giveUp));
    ping.promise.then(alive, refused);
    super.sendCommand(ping);
  }
}

/** A demoted master answers READONLY: the client then asks the Sentinels for its successor. */
function optionsOf({ sentinels, tls, ...rest }: SentinelAddress): RedisOptions {
  return {
    ...rest,
    sentinels: [...sentinels],
    sentinelRetryStrategy: pauseBeforeAttempt,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    ...(tls && { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
}
