import { exec } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  type ObtainedMemcached,
  type ObtainedRedis,
  obtainMemcached,
  obtainRedis,
  processGroup,
} from '@holdfast/infra';
import type { PartProcess } from '../ledger/ended-processes.js';
import type { CpuGroup } from '../measures/measure.js';
import type { Control, ServerControl } from '../systems/control.js';
import { freePorts } from '../systems/free-ports.js';
import type { LabSystem } from '../systems/lab-system.js';
import type { AppFile } from './app-file.js';
import type { Routing } from './app-file.schema.js';
import { AppGateway, type Destination } from './app-gateway.js';
import { AppServer } from './app-server.js';

const run = promisify(exec);

/** What is started: one variant behind one routing, with its files in `dir`. */
export interface AppPlace {
  readonly variant: string;
  readonly routing: Routing;
  readonly dir: string;
}

/** One variant of an app behind one routing: servers, private stores and gateway started for it alone. */
export class AppSystem implements LabSystem {
  private readonly servers = new Map<string, AppServer>();
  private readonly ends: (() => Promise<unknown>)[] = [];
  private gateway: AppGateway | undefined;
  private redis: ObtainedRedis | undefined;

  private constructor(private readonly app: AppFile) {}

  /** `onStart` gets the function that ends it, before it is ready. Rejects when a server does not get ready, and leaves nothing running. */
  static async start(
    app: AppFile,
    { variant, routing, dir }: AppPlace,
    onStart: (stop: () => Promise<void>) => void = () => undefined,
  ): Promise<AppSystem> {
    const system = new AppSystem(app);
    onStart(() => system.stop());
    try {
      await mkdir(dir, { recursive: true });
      const env = await system.envOf(variant, dir);
      if (app.reset !== undefined) await reset(app, env);
      const destinations = await system.startServers(env);
      const [port = 0, admin = 0] = await freePorts(2);
      const gateway = await AppGateway.start(routing, destinations, app.ready, { port, admin }, dir);
      system.gateway = gateway;
      system.ends.push(() => gateway.stop());
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  url(): string {
    return `http://localhost:${this.gateway?.port ?? 0}`;
  }

  async serverOf(): Promise<ReadonlyMap<string, string>> {
    return new Map(serverNames(this.app.replicas).map((name) => [name, name]));
  }

  async serverPids(): Promise<ReadonlyMap<string, number>> {
    const own = [...this.servers].map(([name, { pid }]) => [name, pid === undefined ? [] : processGroup(pid)] as const);
    // A shell that stays in front of the server does nothing.
    return new Map(own.flatMap(([name, pids]) => (pids.length === 0 ? [] : [[name, pids[1] ?? pids[0] ?? 0]])));
  }

  async pids(): Promise<Record<Exclude<CpuGroup, 'generator'>, number[]>> {
    const pidOf = (process: { readonly pid?: number | undefined } | undefined): number[] =>
      process?.pid === undefined ? [] : [process.pid];
    return {
      gateway: pidOf(this.gateway),
      servers: [...this.servers.values()].flatMap(({ pid }) => (pid === undefined ? [] : processGroup(pid))),
      redis: pidOf(this.redis?.server),
    };
  }

  async processes(): Promise<readonly PartProcess[]> {
    const all = [...this.servers, ['gateway', this.gateway], ['redis', this.redis?.server]] as const;
    return all.flatMap(([id, process]) => (process?.pid === undefined ? [] : [{ id, part: id, pid: process.pid }]));
  }

  async control(): Promise<Control> {
    return {
      servers: new Map([...this.servers].map(([name, server]) => [name, controlOf(server)])),
      scale: () => Promise.reject(new Error('an app that is not ours is not scaled')),
    };
  }

  /** Ends all started parts, newest first. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  /** The variant's variables, with addresses of stores that were started for it. */
  private async envOf(variant: string, dir: string): Promise<Record<string, string>> {
    const env = { ...this.app.env, ...this.app.variants[variant] };
    const wants = (store: string): boolean => Object.values(env).some((value) => value.includes(`\${${store}}`));
    const addresses: Record<string, string> = {};
    // The lab must not fill a store of somebody else with its users.
    const { REDIS_URL: _, MEMCACHED_URL: __, ...own } = process.env;
    if (wants('redis')) {
      const redis: ObtainedRedis = await obtainRedis(join(dir, 'redis'), own, () => undefined);
      this.redis = redis;
      this.ends.push(() => redis.stop());
      addresses.redis = redis.url;
    }
    if (wants('memcached')) {
      const memcached: ObtainedMemcached = await obtainMemcached(join(dir, 'memcached'), own, () => undefined);
      this.ends.push(() => memcached.stop());
      addresses.memcached = memcached.url;
    }
    return Object.fromEntries(
      Object.entries(env).map(([key, value]) => [
        key,
        value.replace(/\$\{(\w+)\}/g, (all, name) => addresses[name] ?? all),
      ]),
    );
  }

  private async startServers(env: Readonly<Record<string, string>>): Promise<Destination[]> {
    const { start, servers, replicas, folder, ready, startTimeoutMs } = this.app;
    const names = serverNames(replicas);
    if (start === undefined) return (servers ?? []).map((url, n) => ({ id: names[n] ?? '', url }));
    const ports = await freePorts(replicas);
    await Promise.all(
      names.map(async (name, n) => {
        const options = { name, command: start, folder, port: ports[n] ?? 0, env, ready, startTimeoutMs };
        const server = new AppServer(options);
        this.servers.set(name, server);
        this.ends.push(() => server.stop());
        await server.start();
      }),
    );
    return names.map((id, n) => ({ id, url: `http://127.0.0.1:${ports[n] ?? 0}` }));
  }
}

function serverNames(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `server-${n + 1}`);
}

function controlOf(server: AppServer): ServerControl {
  const cannot = (what: string) => () => Promise.reject(new Error(`an app that is not ours is not ${what}`));
  return {
    kill: () => server.kill(),
    pause: async () => server.signal('SIGSTOP'),
    resume: async () => server.signal('SIGCONT'),
    // Every run starts the app anew.
    restart: async () => undefined,
    ...{ drain: cannot('drained'), occupants: cannot('drained'), slow: cannot('slowed down') },
  };
}

async function reset({ reset: command = '', folder }: AppFile, env: Readonly<Record<string, string>>): Promise<void> {
  await run(command, { cwd: folder, env: { ...process.env, ...env } }).catch(
    (error: { stderr?: string; message: string }) => {
      throw new Error(`reset: "${command}" failed: ${error.stderr?.trim() || error.message}`);
    },
  );
}
