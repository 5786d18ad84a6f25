import { setTimeout as delay } from 'node:timers/promises';
import type { Balancer, BalancerSettings, Destination } from '../balancers/balancer.js';
import { type BalancerName, startBalancer } from '../balancers/start-balancer.js';
import type { Run } from '../results/results.js';
import { Started } from '../systems/started.js';
import { type Serve, startBareDestination } from './bare-destination.js';
import { Clients, type ClientsLoad } from './clients.js';
import { Replicas } from './replicas.js';

/** The first health checks are over by then. */
const SETTLE_MS = 700;

/** What was counted; `invalidBecause` when it tells of the machine and not of the load balancer. */
export type Counts = Pick<Run, 'counted' | 'estimated'> & Partial<Pick<Run, 'invalidBecause'>>;

/** Injects a fault under load, and counts. */
export type Fault = (trial: Trial) => Promise<Counts>;

/** One run of one load balancer; everything is started for it alone. */
export class Trial {
  readonly started = new Started();

  constructor(
    private readonly engine: BalancerName,
    /** Whether it takes a part of the usual time. */
    readonly isShort: boolean,
  ) {}

  async replicas(count: number): Promise<Replicas> {
    return this.started.add(await Replicas.start(count));
  }

  async destination(serve: Serve): Promise<Destination> {
    return this.started.add(await startBareDestination(serve));
  }

  async balancer(settings: BalancerSettings): Promise<Balancer> {
    const balancer = this.started.add(await startBalancer(this.engine, settings));
    await delay(SETTLE_MS);
    return balancer;
  }

  /** Clients of a load balancer, or of several that they ask in turn. */
  clients(balancers: Balancer | readonly Balancer[], load: ClientsLoad): Clients {
    return this.started.add(
      new Clients(
        [balancers].flat().map(({ port }) => port),
        load,
      ),
    );
  }
}
