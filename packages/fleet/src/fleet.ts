import { type AppPlan, type FleetPlan, fleetPlan } from './fleet-plan.js';
import { logPrefix, prefixLines } from './log-prefix.js';
import { freePort, isPortFree } from './ports.js';
import { Replica, type ReplicaState, type ReplicaStatus } from './replica.js';

/** Called when the set of replicas changes, for example to update a gateway. The fleet awaits each. */
export interface FleetHooks {
  /** A new replica is ready for requests. */
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
  /** Receives the processes' lines, each with a prefix. Default: they are dropped. */
  readonly log?: (line: string) => void;
  readonly inColour?: boolean;
  /** Ports that something else is about to use. */
  readonly takenPorts?: readonly number[];
  /** Called at every change of state. */
  readonly onState?: (id: string, state: ReplicaState, detail: string) => void;
}

/** How many replicas boot at the same time; more would only slow each down on a small machine. */
const STARTS_AT_ONCE = 4;
/** How many ports a replica tries before its first start fails. */
const PORT_TRIES = 3;

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
        await this.startFirst(replica);
        onReady(replica.id);
      }
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, startNext));
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
   * Brings the app of that name to the number of replicas, in the named fleet, or else in every fleet that is not `scaledAlone`;
   * the highest numbers end first. False if there is no such app. It announces a removed replica before it stops it, so that
   * requests in flight can end.
   */
  scale(appName: string, replicas: number, fleetName?: string): Promise<boolean> {
    const apps = this.apps.filter(({ app, fleet, scaledAlone }) => {
      return app === appName && (fleetName === undefined ? !scaledAlone : fleet === fleetName);
    });
    const scaled = this.scaling.then(() => this.scaleNow(apps, replicas));
    this.scaling = scaled.catch(() => undefined);
    return scaled;
  }

  private async scaleNow(apps: readonly AppPlan[], replicas: number): Promise<boolean> {
    for (const app of apps) {
      for (let n = 1; n <= replicas; n++) {
        if (this.replicas.has(`${app.idPrefix}-${n}`)) continue;
        const replica = await this.add(app, n);
        await this.startFirst(replica);
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
    const port = app.port ?? (await this.freePort());
    const prefix = logPrefix(id, this.replicas.size, this.options.inColour ?? false);
    const replica = new Replica(id, app, port, {
      output: prefixLines(prefix, this.options.log ?? (() => undefined)),
      state: (state, detail) => this.options.onState?.(id, state, detail),
    });
    this.replicas.set(id, replica);
    return replica;
  }

  /** Another program may take the port that was free when it was chosen; the next one is then tried. */
  private async startFirst(replica: Replica): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await replica.start();
      } catch (error) {
        const canMove = replica.plan.port === undefined && tries < PORT_TRIES && !this.stopped;
        if (!canMove || (await isPortFree(replica.port))) throw error;
        await replica.stop();
        replica.port = await this.freePort();
      }
    }
  }

  private freePort(): Promise<number> {
    const own = [...this.replicas.values()].map((replica) => replica.port);
    return freePort(new Set([...own, ...(this.options.takenPorts ?? [])]));
  }
}
