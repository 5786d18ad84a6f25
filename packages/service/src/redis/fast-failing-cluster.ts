import { Cluster, type Command, Redis } from 'ioredis';
import { boundReply } from './bound-reply.js';
import { CONNECT_TIMEOUT_MS, GIVE_UP_MS, LONGEST_PAUSE_MS, pauseBeforeAttempt } from './fast-failing-redis.js';
import type { ClusterAddress } from './redis-address.js';

/** Where ioredis writes a pipeline before it sends it, and which slot all of it goes to. */
type Stream = Parameters<Cluster['sendCommand']>[1];
type Destination = { readonly slot?: number } | undefined;

/**
 * `FastFailingRedis` for a Redis Cluster: it waits at most `timeoutMs` for a reply, once. A master that has not answered, or whose
 * connection was lost, fails its own commands at once until it is back or another has taken over its slots; the others
 * are served as always; `master-down` and `master-up` tell of it, with `host:port`. `duplicate()` gives a plain connection.
 */
export class FastFailingCluster extends Cluster {
  /** Masters that answer nothing now, as `host:port`. */
  readonly #down = new Set<string>();
  #lookingAgain: NodeJS.Timeout | undefined;
  #looked = 0;

  constructor(
    { servers, username, password, tls }: ClusterAddress,
    private readonly timeoutMs: number,
  ) {
    super([...servers], {
      clusterRetryStrategy: pauseBeforeAttempt,
      // A command is sent once: what became of one whose connection was lost nobody knows.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      // While a slot moves, ioredis tries again every 100 ms: it must have given up before we do.
      maxRedirections: 4,
      redisOptions: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        maxLoadingRetryTime: LONGEST_PAUSE_MS,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
        ...(tls && { tls: {} }),
      },
    });
    this.on('+node', (server: Redis) => this.#follow(server));
    this.on('-node', (server: Redis) => this.#lost(server));
    this.on('ready', () => {
      this.#looked = 0;
      for (const master of [...this.#down]) this.#isBack(master);
    });
  }

  override sendCommand(command: Command, stream?: Stream, destination?: Destination): unknown {
    const master = this.slots[destination?.slot ?? command.getSlot()]?.[0];
    const refusal = this.#refusal(command, master);
    if (refusal !== undefined) {
      command.reject(new Error(refusal));
      return command.promise;
    }
    boundReply(command, this.timeoutMs, () => this.#listenForLife(master));
    return super.sendCommand(command, stream, destination);
  }

  override disconnect(reconnect = false): void {
    clearTimeout(this.#lookingAgain);
    super.disconnect(reconnect);
  }

  #refusal({ name }: Command, master: string | undefined): string | undefined {
    // How ioredis finds out whether the cluster works.
    if (name === 'cluster') return undefined;
    if (this.status !== 'ready') return 'Connection is closed.';
    if (master === undefined || !this.#down.has(master)) return undefined;
    return 'Command timed out: this master of the cluster has not answered since an earlier one';
  }

  /** ioredis connects when a command comes: too late for one that is not to wait. */
  #follow(server: Redis): void {
    server.once('ready', () => this.#isBack(nameOf(server)));
    if (server.status === 'wait') server.connect().catch(() => undefined);
  }

  /** It may come back, or another has its slots now. */
  #lost(server: Redis): void {
    if (this.status !== 'ready') return;
    this.#isGone(nameOf(server));
    clearTimeout(this.#lookingAgain);
    this.#lookingAgain = setTimeout(
      () => {
        if (this.status === 'ready') this.refreshSlotsCache();
      },
      pauseBeforeAttempt(this.#looked++),
    );
  }

  /** Replies come in order, so the answer to a PING sent now means that everything before it was answered too. */
  #listenForLife(master: string | undefined): void {
    if (master === undefined || this.#down.has(master)) return;
    const server = this.nodes('master').find((each) => nameOf(each) === master);
    if (server === undefined) return;
    this.#isGone(master);
    const giveUp = setTimeout(() => server.disconnect(), GIVE_UP_MS);
    const alive = () => {
      clearTimeout(giveUp);
      this.#isBack(master);
    };
    // An error is an answer too: a script that runs for long has it say BUSY.
    const refused = (error: Error) => (error.name === 'ReplyError' ? alive() : clearTimeout(giveUp));
    server.ping().then(alive, refused);
  }

  #isGone(master: string): void {
    if (this.#down.has(master)) return;
    this.#down.add(master);
    this.emit('master-down', master);
  }

  #isBack(master: string): void {
    if (this.#down.delete(master)) this.emit('master-up', master);
  }
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
