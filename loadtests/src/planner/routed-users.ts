import { type Candidate, createPolicy, hash32, type Policy, type PolicyName } from '@holdfast/proxy/policies';
import { clientAddresses } from '../loads/client-addresses.js';
import { seededRandom } from '../loads/seeded-random.js';

const SERVERS = 3;
/** Requests that a server answers at a time, on average. */
const IN_FLIGHT_PER_SERVER = 2;
/** One request in so many takes so many times as long, when work is unequal. */
const LONG_EVERY = 20;
const LONG_WORK = 20;

export interface RoutedUsersOptions {
  readonly policy: PolicyName;
  /** Whether a cookie keeps each user on the first server that the policy chose. */
  readonly cookie: boolean;
  /** Hash policies only: the most requests in flight of one server, in times of the mean. */
  readonly boundedLoad?: number | undefined;
  readonly users: number;
  /** So many users make half of all requests. */
  readonly heavyUsers: number;
  readonly unequalWork: boolean;
  readonly seed: number;
}

interface Server extends Candidate {
  readonly id: string;
  inFlight: number;
  requests: number;
  work: number;
}

/** Users with addresses of their own before servers that the proxy's own policies choose, without any socket. Time is simulated. */
export class RoutedUsers {
  private readonly policy: Policy;
  private readonly random: () => number;
  private readonly keys: readonly number[];
  private readonly placeOf = new Map<number, Server>();
  /** Users who were sent anywhere while their server was there, and whether any of that was elsewhere. */
  private readonly watched = new Map<number, boolean>();
  private servers: Server[];
  private underWay: { readonly server: Server; readonly until: number }[] = [];
  private now = 0;

  constructor(private readonly options: RoutedUsersOptions) {
    this.random = seededRandom(options.seed);
    this.policy = createPolicy(options.policy, { random: this.random, boundedLoad: options.boundedLoad });
    this.keys = clientAddresses(options.users, options.seed).map(hash32);
    this.servers = Array.from({ length: SERVERS }, (_, n) => serverOf(n + 1));
  }

  /** Sends requests at random times, each of a random user. */
  send(count: number): void {
    const meanWork = this.options.unequalWork ? 1 + (LONG_WORK - 1) / LONG_EVERY : 1;
    for (let n = 0; n < count; n += 1) {
      this.now += (-Math.log(1 - this.random()) * meanWork) / (IN_FLIGHT_PER_SERVER * this.servers.length);
      this.endAnswered();
      const user = this.drawUser();
      const before = this.placeOf.get(user);
      const server = this.choose(user, before);
      if (before !== undefined && this.servers.includes(before))
        this.watched.set(user, before !== server || this.watched.get(user) === true);
      this.placeOf.set(user, server);
      const work = this.options.unequalWork && this.random() < 1 / LONG_EVERY ? LONG_WORK : 1;
      server.inFlight += 1;
      server.requests += 1;
      server.work += work;
      this.underWay.push({ server, until: this.now + work });
    }
  }

  addServer(): void {
    this.servers.push(serverOf(this.servers.length + 1));
  }

  removeLastServer(): void {
    this.servers.pop();
  }

  /** Begins to count moves anew. */
  watchMoves(): void {
    this.watched.clear();
  }

  /** Users who were sent to another server although theirs was there, of users who were sent anywhere while it was. */
  moved(): { readonly hit: number; readonly of: number } {
    return { hit: [...this.watched.values()].filter(Boolean).length, of: this.watched.size };
  }

  /** Of the busiest server over the mean. */
  maxOverMean(of: 'requests' | 'work'): number {
    const each = this.servers.map((server) => server[of]);
    return (Math.max(...each) * each.length) / each.reduce((sum, one) => sum + one, 0);
  }

  private choose(user: number, before: Server | undefined): Server {
    if (this.options.cookie && before !== undefined && this.servers.includes(before)) return before;
    const server = this.policy.pick(this.servers, this.keys[user] ?? 0);
    if (server === undefined) throw new Error('the policy chose no server');
    return server;
  }

  private drawUser(): number {
    const { users, heavyUsers } = this.options;
    const heavy = heavyUsers > 0 && this.random() < 0.5;
    const [from, to] = heavy ? [0, heavyUsers] : [heavyUsers, users];
    return from + Math.floor(this.random() * (to - from));
  }

  private endAnswered(): void {
    this.underWay = this.underWay.filter(({ server, until }) => {
      if (until > this.now) return true;
      server.inFlight -= 1;
      return false;
    });
  }
}

function serverOf(number: number): Server {
  const id = `server-${number}`;
  return { id, hash: hash32(id), weight: 1, configuredWeight: 1, inFlight: 0, requests: 0, work: 0 };
}
