import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObtainedK6, readSystem } from '@holdfast/infra';
import { planRuns } from '../src/plan/plan-runs.js';
import { loadExperiments } from '../src/registry/experiments.js';
import { loadRegistry, type Registry } from '../src/registry/registry.js';
import type { Experiment, Run, Verdict } from '../src/results/results.js';
import { judge } from '../src/rules/judge.js';
import { runArm } from '../src/runners/run-arm.js';
import { HoldfastSystem } from '../src/systems/holdfast-system.js';
import { type Defect, type FaultyServer, type LostFrames, startFaultyServer } from './faulty-server.js';
import { onlyArm } from './only-arm.js';

const ARM = 'round-robin-cached';
/** Their users are bound to a server, by address and by cookie. */
const BINDING_ARMS = ['ip-hash-local', 'sticky-cookie-local'];

export interface Asked {
  readonly experiment: string;
  /** `round-robin-cached` when left out. */
  readonly arm?: string;
  /** Sentences of the experiment's file. */
  readonly say: readonly string[];
  /** What the file says of load and disturbances, but smaller. */
  readonly smaller: Partial<Pick<Experiment, 'load' | 'disturb'>>;
}

export interface Planted {
  /** Ids of the destinations that have it. */
  readonly servers: readonly string[];
  readonly defect: () => Defect;
  readonly isLost?: LostFrames;
  /** The gateway chooses servers by this policy, whatever the scenario says. */
  readonly policy?: string;
  /** False: browsers drop the gateway's cookie. */
  readonly keepsAffinity?: false;
  /** Called when the experiment's disturbance has happened, with the time at which it began. */
  readonly afterDisturbance?: (beganAtMs: number) => Promise<unknown>;
}

/** The real system, some arms of it, for runs with and without a defect. */
export class LabWithDefects {
  private constructor(
    private readonly system: HoldfastSystem,
    private readonly registry: Registry,
    private readonly k6: ObtainedK6,
    private readonly dir: string,
  ) {}

  static async start(k6: ObtainedK6): Promise<LabWithDefects> {
    const dir = await mkdtemp(join(tmpdir(), 'holdfast-claims-'));
    const system = await HoldfastSystem.start(readSystem(), [ARM, ...BINDING_ARMS], {
      dataDir: dir,
      programDir: dir,
      redisProxy: false,
    });
    return new LabWithDefects(system, await loadRegistry(), k6, dir);
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Runs an experiment's arm once, one block, and judges its sentences. */
  async ask(
    { experiment: name, arm = ARM, say, smaller }: Asked,
    planted?: Planted,
  ): Promise<{ runs: Run[]; verdicts: Verdict[] }> {
    const files = loadExperiments(join(import.meta.dirname, '../experiments'), this.registry);
    const file = files.find((one) => one.name === name);
    if (file === undefined) throw new Error(`there is no experiment "${name}"`);
    const small = { ...file, ...smaller, load: { ...file.load, ...smaller.load } };
    const experiments = say.map((sentence) => onlyArm(small, arm, sentence));
    const [experiment] = experiments;
    if (experiment === undefined) throw new Error(`${name}: no sentence was chosen`);
    const only = { scenarios: null, faults: null };
    const [plan] = planRuns([experiment], { blocks: 1, seed: 1, only }, this.registryWith(planted));
    if (plan === undefined || 'runner' in plan) throw new Error(`${name} has no run`);
    const unplant = planted === undefined ? async () => undefined : await this.plant(planted, arm);
    const journey = { ...plan.journey, keepsAffinity: planted?.keepsAffinity ?? plan.journey.keepsAffinity };
    try {
      const { entries, heal } = await runArm({ ...plan, journey }, this.system, {
        ...{ k6: this.k6, measures: [...this.registry.measures.values()], onStart: () => undefined },
      });
      await heal();
      return { runs: entries, verdicts: judge(experiments, entries) };
    } finally {
      await unplant();
    }
  }

  private registryWith(planted: Planted | undefined): Registry {
    const { afterDisturbance } = planted ?? {};
    if (afterDisturbance === undefined) return this.registry;
    const disturbances = [...this.registry.disturbances].map(([id, disturbance]) => {
      const disturb: typeof disturbance.disturb = async (control, options) => {
        const beganAtMs = Date.now();
        await disturbance.disturb(control, options);
        await afterDisturbance(beganAtMs);
      };
      return [id, { ...disturbance, disturb }] as const;
    });
    return { ...this.registry, disturbances: new Map(disturbances) };
  }

  /** Puts a faulty server in the place of each destination, or another policy in the place of the arm's; resolves with what undoes it. */
  private async plant({ servers, defect, isLost, policy }: Planted, arm: string): Promise<() => Promise<void>> {
    const known = await this.system.servers(arm);
    const usual = readSystem().scenarios[arm]?.policy;
    const upstreamOf = (app: string) => (known.every((one) => one.app === app) ? arm : `${arm}-${app}`);
    const upstreams = [...new Set(known.map(({ app }) => upstreamOf(app)))];
    if (policy !== undefined) await this.putPolicy(upstreams, policy);
    const faulty: FaultyServer[] = [];
    for (const { id, app, port } of known.filter((one) => servers.includes(one.id))) {
      const server = await startFaultyServer(port, defect(), isLost);
      faulty.push(server);
      await this.putDestination(upstreamOf(app), id, server.url);
    }
    return async () => {
      for (const { id, app, port } of known) await this.putDestination(upstreamOf(app), id, `http://127.0.0.1:${port}`);
      if (policy !== undefined && usual !== undefined) await this.putPolicy(upstreams, usual);
      await Promise.all(faulty.map((server) => server.close()));
    };
  }

  private async putDestination(upstream: string, id: string, url: string): Promise<void> {
    await this.tell('POST', `/upstreams/${upstream}/destinations`, { id, url });
  }

  private async putPolicy(upstreams: readonly string[], policy: string): Promise<void> {
    for (const upstream of upstreams) await this.tell('PUT', `/upstreams/${upstream}/policy`, { policy });
  }

  private async tell(method: string, path: string, body: object): Promise<void> {
    const response = await fetch(this.system.adminUrl + path, {
      ...{ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  }
}
