import { setTimeout as delay } from 'node:timers/promises';
import { obtainToxiproxy, type System as SystemFile } from '@holdfast/infra';
import type { SentAnswers } from '../ledger/compare-with-gateway.js';
import type { PartProcess } from '../ledger/ended-processes.js';
import type { CpuGroup } from '../measures/measure.js';
import type { Control, ProcessControl, RedisControl, ServerControl } from './control.js';
import { freePorts } from './free-ports.js';
import type { LabSystem } from './lab-system.js';
import { type ProcessStatus, RunningSystem } from './running-system.js';
import { SlowServers } from './slow-servers.js';
import { storedMessages } from './stored-messages.js';
import { storedTodos } from './stored-todos.js';
import { answersSent, occupantsOf } from './upstreams.js';

const STORE_ANSWERS_MS = 5_000;

/** The folders of a system's data and programs, and whether a proxy is in front of its Redis. */
export interface Place {
  readonly dataDir: string;
  /** The folder of programs that are built only once. */
  readonly programDir: string;
  readonly redisProxy: boolean;
}

/** Our own fleets behind our own gateway, side by side, for all arms of a set. */
export class HoldfastSystem implements LabSystem {
  private constructor(
    private readonly running: RunningSystem,
    private readonly file: SystemFile,
    private readonly slowServers: SlowServers,
  ) {}

  /** Starts the fleets that these scenarios need. `onStart` gets the function that ends it, before it is ready. */
  static async start(
    file: SystemFile,
    scenarios: readonly string[],
    { dataDir, programDir, redisProxy }: Place,
    onStart: (stop: () => Promise<void>) => void = () => undefined,
  ): Promise<HoldfastSystem> {
    const [gateway = 0, admin = 0] = await freePorts(2);
    // A shared folder for the proxy, as the system would otherwise build it in the folder of every run.
    const env = redisProxy ? { TOXIPROXY_BIN: (await obtainToxiproxy(programDir)).binary } : {};
    const running = new RunningSystem(scenarios, dataDir, { gateway, admin, redisProxy }, env);
    const slowServers = new SlowServers(running, dataDir, programDir);
    const system = new HoldfastSystem(running, file, slowServers);
    onStart(() => system.stop());
    await running.ready;
    return system;
  }

  url(scenario: string): string {
    return this.running.url(scenario);
  }

  /** The gateway's admin API. */
  get adminUrl(): string {
    return this.running.adminUrl;
  }

  async stop(): Promise<void> {
    await this.running.stop();
    await this.slowServers.stop();
  }

  async serverOf(scenario: string): Promise<ReadonlyMap<string, string>> {
    const processes = await this.processesOf(scenario);
    return new Map(processes.map(({ id }) => [id, serverName(id)]));
  }

  async control(scenario: string): Promise<Control> {
    const { running } = this;
    const all = await running.processes();
    const mine = all.filter(({ fleet }) => fleet === this.fleetOf(scenario));
    const names = [...new Set(mine.map(({ id }) => serverName(id)))].sort();
    const redis = all.find(({ app }) => app === 'redis');
    const memcached = all.find(({ app }) => app === 'memcached');
    const gateway = all.find(({ app }) => app === 'gateway');
    return {
      servers: new Map(names.map((name) => [name, this.server(mine.filter(({ id }) => serverName(id) === name))])),
      scale: async (replicas) => {
        const before = new Set((await this.processesOf(scenario)).map(({ id }) => id));
        for (const app of new Set(mine.map((process) => process.app)))
          await running.scale(app, replicas, this.fleetOf(scenario));
        const added = (await this.processesOf(scenario)).filter(({ id }) => !before.has(id));
        await Promise.all(added.map(({ id }) => running.untilUp(id)));
      },
      ...(redis !== undefined && { redis: this.redis(redis) }),
      ...(memcached !== undefined && { memcached: { ...this.process(memcached), port: memcached.port } }),
      ...(gateway !== undefined && { gateway: { restart: () => running.restartGateway(gateway) } }),
    };
  }

  async processes(scenario: string): Promise<readonly PartProcess[]> {
    const mine = this.fleetOf(scenario);
    return (await this.running.processes()).flatMap(({ id, app, fleet, pid }) => {
      if (pid === null || (fleet !== mine && fleet in this.file.fleets)) return [];
      return [{ id, pid, part: fleet === mine ? serverName(id) : app }];
    });
  }

  async storedTodos(scenario: string, stamp: string): Promise<ReadonlySet<string> | undefined> {
    if (this.file.fleets[this.fleetOf(scenario)]?.env?.TODO_STORE !== 'redis') return undefined;
    return this.readRedis(scenario, (port, prefix) => storedTodos(port, prefix, stamp));
  }

  async storedMessages(scenario: string, stamp: string): Promise<ReadonlySet<string> | undefined> {
    return this.readRedis(scenario, (port, prefix) => storedMessages(port, prefix, stamp));
  }

  async answersSent(): Promise<ReadonlyMap<string, SentAnswers>> {
    const gateway = (await this.running.processes()).find(({ app }) => app === 'gateway');
    return answersSent(this.running.adminUrl, gateway?.pid ?? undefined);
  }

  /** A run whose store is gone or stands still is counted without it. */
  private async readRedis<T>(
    scenario: string,
    read: (port: number, prefix: string) => Promise<T>,
  ): Promise<T | undefined> {
    const readOnce = async () => {
      const redis = (await this.running.processes()).find(({ app }) => app === 'redis');
      return redis && read(redis.port, this.file.fleets[this.fleetOf(scenario)]?.env?.KEY_PREFIX ?? '');
    };
    return Promise.race([readOnce().catch(() => undefined), delay(STORE_ANSWERS_MS, undefined, { ref: false })]);
  }

  /** The process id of one process of the system; undefined while it is not running. */
  async pidOf(process: string): Promise<number | undefined> {
    return (await this.running.processes()).find(({ id }) => id === process)?.pid ?? undefined;
  }

  async pids(scenario: string): Promise<Record<Exclude<CpuGroup, 'generator'>, number[]>> {
    const all = await this.running.processes();
    const pidsOf = (wanted: (process: ProcessStatus) => boolean): number[] =>
      all.filter(wanted).flatMap(({ pid }) => (pid === null ? [] : [pid]));
    return {
      gateway: pidsOf(({ app }) => app === 'gateway'),
      servers: pidsOf(({ fleet }) => fleet === this.fleetOf(scenario)),
      redis: pidsOf(({ app }) => app === 'redis'),
    };
  }

  async serverPids(scenario: string): Promise<ReadonlyMap<string, number>> {
    const processes = await this.processesOf(scenario);
    return new Map(processes.flatMap(({ id, pid }) => (pid === null ? [] : [[id, pid]])));
  }

  /** The scenario's server processes, with the ports at which they answer directly. */
  async servers(scenario: string): Promise<Pick<ProcessStatus, 'id' | 'app' | 'fleet' | 'port'>[]> {
    return this.processesOf(scenario);
  }

  private async processesOf(scenario: string): Promise<ProcessStatus[]> {
    const fleet = this.fleetOf(scenario);
    return (await this.running.processes()).filter((process) => process.fleet === fleet);
  }

  private fleetOf(scenario: string): string {
    const known = this.file.scenarios[scenario];
    if (known === undefined) throw new Error(`there is no scenario "${scenario}"`);
    return known.fleet;
  }

  private server(processes: readonly ProcessStatus[]): ServerControl {
    const { running, slowServers } = this;
    const each = async (act: (id: string) => Promise<void>): Promise<void> => {
      await Promise.all(processes.map(({ id }) => act(id)));
    };
    return {
      kill: () => each((id) => this.kill(id)),
      pause: () => each((id) => running.act(id, 'pause')),
      resume: () => each((id) => running.act(id, 'resume')),
      drain: () => each((id) => running.act(id, 'drain')),
      occupants: () => occupantsOf(running.adminUrl, new Set(processes.map(({ id }) => id))),
      slow: async (ms) => {
        for (const process of processes) await slowServers.slow(process, ms);
      },
      restart: () => each((id) => running.restart(id)),
    };
  }

  private process({ id }: ProcessStatus): ProcessControl {
    const { running } = this;
    return {
      kill: () => this.kill(id),
      pause: () => running.act(id, 'pause'),
      resume: () => running.act(id, 'resume'),
      restart: () => running.act(id, 'restart'),
    };
  }

  /** Rejects when the process has already ended, as the lab did not kill it. */
  private async kill(id: string): Promise<void> {
    if ((await this.pidOf(id)) === undefined) throw new Error(`${id} was not running, so it was not killed`);
    await this.running.act(id, 'kill');
  }

  private redis(status: ProcessStatus): RedisControl {
    const { running } = this;
    return { ...this.process(status), port: status.port, slow: (ms) => running.slow(status.id, ms) };
  }
}

/** Replica n of every app together is server n. */
function serverName(id: string): string {
  return `server-${/-(\d+)$/.exec(id)?.[1] ?? '1'}`;
}
