import { type AppPlan, type FleetPlan, fleetPlan } from './fleet-plan.js';
import { logPrefix, prefixLines } from './log-prefix.js';
import { freePort } from './ports.js';
import { Replica, type ReplicaState, type ReplicaStatus } from './replica.js';

/** What others do when the set of replicas changes, such as telling a gateway. Each is awaited. */
export interface FleetHooks {
  /** A new replica is ready to be given requests. */
  added?(replica: ReplicaStatus): Promise<void>;
  /** A replica should get no new users. */
  draining?(replica: ReplicaStatus): Promise<void>;
  /** A drained replica was restarted and takes new users again. */
  undraining?(replica: ReplicaStatus): Promise<void>;
  /** A replica is about to be stopped for good. */
  removing?(replica: ReplicaStatus): Promise<void>;
}

export interface FleetOptions {
  readonly hooks?: FleetHooks;
  /** Where the processes' lines go, prefixed. Default: nowhere. */
  readonly log?: (line: string) => void;
  readonly inColour?: boolean;
  /** Told of every change of state. */
  readonly onState?: (id: string, state: ReplicaState, detail: string) => void;
}

/** How many replicas boot at the same time: more only makes each slower on a small machine. */
const startsAtOnce = 4;

/** The replicas of a plan, as local processes. */
export class Fleet {
  private readonly replicas = new Map<string, Replica>();
  private readonly drained = new Set<string>();
  private stopped = false;
  /** Scaling happens one request after the other, so that two cannot add the same replica. */
  private scaling: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly apps: readonly AppPlan[],
    private readonly options: FleetOptions,
  ) {}

  /** Checks the plan and gives every replica its port; starts nothing. */
  static async create(plan: FleetPlan, options: FleetOptions = {}): Promise<Fleet> {
    const fleet = new Fleet(fleetPlan.parse(plan).apps, options);
    for (const app of fleet.apps) {
      for (let n = 1; n <= app.replicas; n++) await fleet.add(app, n);
    }
    return fleet;
  }

  status(): ReplicaStatus[] {
    return [...this.replicas.values()].map((replica) => replica.status());
  }

  find(id: string): Replica | undefined {
    return this.replicas.get(id);
  }

  /** Starts every replica that is not running, a few at a time. Rejects with the first that fails. */
  async start(onReady: (id: string) => void = () => undefined): Promise<void> {
    const waiting = [...this.replicas.values()];
    const startNext = async (): Promise<void> => {
      for (let replica = waiting.shift(); replica !== undefined && !this.stopped; replica = waiting.shift()) {
        await replica.start();
        onReady(replica.id);
      }
    };
    await Promise.all(Array.from({ length: startsAtOnce }, startNext));
  }

  /** Ends every process and resolves when all are gone. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.replicas.values()].map((replica) => replica.stop()));
  }

  /** Tells the gateway to send the replica no new users. */
  async drain(replica: Replica): Promise<void> {
    await this.options.hooks?.draining?.(replica.status());
    this.drained.add(replica.id);
  }

  /** Stops the replica if it runs and starts it on the same port; resolves once it is ready. A drained one is back in use. */
  async restart(replica: Replica): Promise<void> {
    await replica.restart();
    if (this.drained.delete(replica.id)) await this.options.hooks?.undraining?.(replica.status());
  }

  /**
   * Brings every fleet's app of that name to the number of replicas; the highest numbers go first. False if there is no
   * such app. A removed replica is announced before it is stopped, so that requests in flight can end.
   */
  scale(appName: string, replicas: number): Promise<boolean> {
    const scaled = this.scaling.then(() => this.scaleNow(appName, replicas));
    this.scaling = scaled.catch(() => undefined);
    return scaled;
  }

  private async scaleNow(appName: string, replicas: number): Promise<boolean> {
    const apps = this.apps.filter((app) => app.app === appName);
    for (const app of apps) {
      for (let n = 1; n <= replicas; n++) {
        if (this.replicas.has(`${app.idPrefix}-${n}`)) continue;
        const replica = await this.add(app, n);
        await replica.start();
        await this.options.hooks?.added?.(replica.status());
      }
      const surplus = [...this.replicas.values()].filter(
        (replica) => replica.plan === app && Number(replica.id.slice(app.idPrefix.length + 1)) > replicas,
      );
      for (const replica of surplus.reverse()) {
        await this.options.hooks?.removing?.(replica.status());
        await replica.stop();
        this.replicas.delete(replica.id);
        this.drained.delete(replica.id);
      }
    }
    return apps.length > 0;
  }

  private async add(app: AppPlan, n: number): Promise<Replica> {
    const id = `${app.idPrefix}-${n}`;
    const taken = new Set([...this.replicas.values()].map((replica) => replica.port));
    const port = app.port ?? (await freePort(taken));
    const prefix = logPrefix(id, this.replicas.size, this.options.inColour ?? false);
    const replica = new Replica(id, app, port, {
      output: prefixLines(prefix, this.options.log ?? (() => undefined)),
      state: (state, detail) => this.options.onState?.(id, state, detail),
    });
    this.replicas.set(id, replica);
    return replica;
  }
}
