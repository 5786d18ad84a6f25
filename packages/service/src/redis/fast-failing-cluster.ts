import { Cluster, type Command, Redis } from 'ioredis';
import { boundReply } from './bound-reply.js';
import { CONNECT_TIMEOUT_MS, GIVE_UP_MS, LONGEST_PAUSE_MS, pauseBeforeAttempt } from './fast-failing-redis.js';
import type { ClusterAddress } from './redis-address.js';

/** The fields in which ioredis keeps a pipeline's commands and its slot before it sends them. */
type Stream = Parameters<Cluster['sendCommand']>[1];
type Destination = { readonly slot?: number } | undefined;

/**
 * `FastFailingRedis` for a Redis Cluster: it waits at most `timeoutMs` for a reply, once. Commands to a master that has not
 * answered, or whose connection was lost, fail at once until it is back or another has taken over its slots; the other masters
 * serve as before. `master-down` and `master-up` report it with `host:port`. `duplicate()` gives a plain connection.
 */
export class FastFailingCluster extends Cluster {
  /** Masters that do not answer now, as `host:port`. */
  private readonly down = new Set<string>();
  private lookingAgain: NodeJS.Timeout | undefined;
  private looked = 0;

  constructor(
    { servers, username, password, tls }: ClusterAddress,
    private readonly timeoutMs: number,
  ) {
    super([...servers], {
      clusterRetryStrategy: pauseBeforeAttempt,
      // A command is sent once, because it may have run before its connection was lost.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      // While a slot moves, ioredis tries again every 100 ms; it must give up before our own time limit.
      maxRedirections: 4,
      redisOptions: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        maxLoadingRetryTime: LONGEST_PAUSE_MS,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
        ...(tls && { tls: {} }),
      },
    });
    this.on('+node', (server: Redis) => this.follow(server));
    this.on('-node', (server: Redis) => this.lost(server));
    this.on('ready', () => {
      this.looked = 0;
      for (const master of [...this.down]) this.isBack(master);
    });
  }

  override sendCommand(command: Command, stream?: Stream, destination?: Destination): unknown {
    const master = this.slots[destination?.slot ?? command.getSlot()]?.[0];
    const refusal = this.refusal(command, master);
    if (refusal !== undefined) {
      command.reject(new Error(refusal));
      return command.promise;
    }
    boundReply(command, this.timeoutMs, () => this.listenForLife(master));
    return super.sendCommand(command, stream, destination);
  }

  override disconnect(reconnect = false): void {
    clearTimeout(this.lookingAgain);
    super.disconnect(reconnect);
  }

  private refusal({ name }: Command, master: string | undefined): string | undefined {
    // ioredis sends this command to find out whether the cluster works.
    if (name === 'cluster') return undefined;
    if (this.status !== 'ready') return 'Connection is closed.';
    if (master === undefined || !this.down.has(master)) return undefined;
    return 'Command timed out: this master of the cluster has not answered since an earlier one';
  }

  /** Connects at once: ioredis itself connects when a command comes, which is too late for one that must not wait. */
  private follow(server: Redis): void {
    server.once('ready', () => this.isBack(nameOf(server)));
    if (server.status === 'wait') server.connect().catch(() => undefined);
  }

  /** Looks for the master until it is back or another has its slots. */
  private lost(server: Redis): void {
    if (this.status !== 'ready') return;
    this.isGone(nameOf(server));
    clearTimeout(this.lookingAgain);
    this.lookingAgain = setTimeout(
      () => {
        if (this.status === 'ready') this.refreshSlotsCache();
      },
      pauseBeforeAttempt(this.looked++),
    );
  }

  /** Sends a PING. Replies come in order, so its answer means that all commands before it are answered too. */
  private listenForLife(master: string | undefined): void {
    if (master === undefined || this.down.has(master)) return;
    const server = this.nodes('master').find((each) => nameOf(each) === master);
    if (server === undefined) return;
    this.isGone(master);
    const giveUp = setTimeout(() => server.disconnect(), GIVE_UP_MS);
    const alive = () => {
      clearTimeout(giveUp);
      this.isBack(master);
    };
    // An error is an answer too: Redis says BUSY during a long script.
    const refused = (error: Error) => (error.name === 'ReplyError' ? alive() : clearTimeout(giveUp));
    server.ping().then(alive, refused);
  }

  private isGone(master: string): void {
    if (this.down.has(master)) return;
    this.down.add(master);
    this.emit('master-down', master);
  }

  private isBack(master: string): void {
    if (this.down.delete(master)) this.emit('master-up', master);
  }
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
