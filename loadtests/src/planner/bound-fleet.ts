import {
  type Candidate,
  createPolicy,
  hash32,
  type Policy,
  type PolicyName,
  slowStartShare,
} from '@holdfast/proxy/policies';

// Jest looks up a global anew at every use: with `Math.floor` in the loop the planner's tests take twice as long.
const { floor } = Math;

export interface BoundFleetOptions {
  readonly servers: number;
  /** Users in the simulation, a sample of the real ones. */
  readonly sample: number;
  readonly sessionMinutes: number;
  readonly policy: PolicyName;
  /** Requests in flight of one user of the sample, for policies that go by load. */
  readonly inFlightPerUser: number;
  readonly slowStartMinutes: number;
  readonly random: () => number;
}

interface Server extends Candidate {
  weight: number;
  inFlight: number;
  bound: number;
  draining: boolean;
  startedAt: number;
}

/**
 * Users who are bound to servers by a cookie. Their number stays: each user who leaves makes room for a new one, and the proxy's own
 * policy chooses its server. Sessions have exponential lengths, so at any moment each user is equally likely to be the next to leave.
 */
export class BoundFleet {
  private readonly policy: Policy;
  private readonly servers: Server[] = [];
  private open: readonly Server[] = [];
  private readonly serverOf: Server[] = [];
  /** Users who have lost a login; a new user in the place of one of them has not. */
  private readonly hit: Uint8Array;
  private now = 0;
  private readonly leavePerMinute: number;

  constructor(private readonly options: BoundFleetOptions) {
    this.policy = createPolicy(options.policy, { random: options.random });
    this.hit = new Uint8Array(options.sample);
    this.leavePerMinute = options.sample / options.sessionMinutes;
    this.add(options.servers, -options.slowStartMinutes);
    for (let user = 0; user < options.sample; user += 1) this.bind(user);
    // Every user of the start is replaced about twice, so that a policy's first round is forgotten.
    this.replace(2 * options.sample);
  }

  get users(): number {
    return this.options.sample;
  }

  /** Adds servers without any user; `since` is the time they began, for slow start. */
  add(count: number, since = this.now): void {
    for (let n = 0; n < count; n += 1) {
      const hash = hash32(`server-${this.servers.length + 1}`);
      this.servers.push({
        ...{ weight: 1, configuredWeight: 1, inFlight: 0, hash },
        ...{ bound: 0, draining: false, startedAt: since },
      });
    }
    this.reopen();
  }

  /** Lets time pass. */
  advance(minutes: number): void {
    const { slowStartMinutes } = this.options;
    let left = minutes;
    while (left > 0) {
      const starting = this.open.some(({ weight }) => weight < 1);
      const step = starting ? Math.min(left, slowStartMinutes / 10) : left;
      this.replace(Math.round(this.leavePerMinute * step));
      this.now += step;
      left -= step;
      if (starting) this.reopen();
    }
  }

  /** Stops sending new users to these servers. */
  drain(from: number, to: number): void {
    for (const server of this.servers.slice(from, to)) server.draining = true;
    this.reopen();
  }

  /** Ends these servers: their users lose their login and log in elsewhere. Counts the logins, and the users who had lost none before. */
  end(from: number, to: number): { logins: number; newlyHit: number } {
    this.drain(from, to);
    const ended = new Set(this.servers.slice(from, to));
    let logins = 0;
    let newlyHit = 0;
    this.serverOf.forEach((server, user) => {
      if (!ended.has(server)) return;
      logins += 1;
      if (this.hit[user] === 0) newlyHit += 1;
      this.hit[user] = 1;
      this.bind(user);
    });
    for (const server of ended) {
      server.bound = 0;
      server.inFlight = 0;
    }
    return { logins, newlyHit };
  }

  /** Starts ended servers again, empty. */
  restart(from: number, to: number): void {
    for (const server of this.servers.slice(from, to)) {
      server.draining = false;
      server.startedAt = this.now;
    }
    this.reopen();
  }

  /** The part of all users who are bound to these servers. */
  share(from: number, to: number): number {
    return this.servers.slice(from, to).reduce((sum, { bound }) => sum + bound, 0) / this.options.sample;
  }

  /** Users of the fullest server over the mean. */
  maxOverMean(): number {
    return (Math.max(...this.servers.map(({ bound }) => bound)) * this.servers.length) / this.options.sample;
  }

  private reopen(): void {
    const { slowStartMinutes } = this.options;
    this.open = this.servers.filter(({ draining }) => !draining);
    for (const server of this.open) server.weight = slowStartShare(this.now - server.startedAt, slowStartMinutes);
  }

  private replace(count: number): void {
    const { random, sample } = this.options;
    for (let n = 0; n < count; n += 1) {
      const user = floor(random() * sample);
      const left = this.serverOf[user];
      if (left !== undefined) this.count(left, -1);
      this.hit[user] = 0;
      this.bind(user);
    }
  }

  /** Binds the user to an open server. The caller keeps at least one server open. */
  private bind(user: number): void {
    const server = this.policy.pick(this.open as Server[], 0);
    if (server === undefined) throw new Error('every server of the simulation is draining');
    this.serverOf[user] = server;
    this.count(server, 1);
  }

  private count(server: Server, change: number): void {
    server.bound += change;
    server.inFlight = server.bound * this.options.inFlightPerUser;
  }
}
