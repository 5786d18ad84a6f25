import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Fleet,
  type FleetHooks,
  type FleetPlan,
  freePort,
  guardian,
  type ReplicaStatus,
  serveControl,
} from '@holdfast/fleet';
import { describeScenarios } from '@holdfast/system';
import { labControl } from '../lab-runs/answer-lab.js';
import { READS_FLEET, readerApps } from '../reader/reader-app.js';
import type { RedisProfile } from '../redis/redis-profile.js';
import { chooseFleets, needsMemcached } from '../system/choose-fleets.js';
import { gatewayFile } from '../system/gateway-file.js';
import { readOwnSystem } from '../system/own-system.js';
import { servicePlan } from '../system/service-plan.js';
import { CleanUp } from './clean-up.js';
import { GatewayLink } from './gateway-link.js';
import { writePrivateFile } from './private-file.js';
import { sessionSecrets } from './session-secrets.js';
import { steerableGateways } from './steerable-gateways.js';
import { startStores } from './stores.js';

/** The settings of `npm start`, checked by `infra/bin/settings.mjs`. */
export interface StartSettings {
  /** 0: any free one. */
  readonly gatewayPort: number;
  /** 0: any free one. */
  readonly adminPort: number;
  readonly replicas: number;
  readonly dataDir: string;
  readonly logLevel: string;
  readonly all: boolean;
  readonly scenarios: readonly string[] | undefined;
  /** Services reach Redis through Toxiproxy. */
  readonly redisProxy: boolean;
  /** `sentinel` and `cluster`: several servers of our own instead of one. */
  readonly redis: RedisProfile;
  /** Brokers of our own that carry the events; 0: none. */
  readonly kafka: 0 | 1 | 3;
}

const root = join(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Starts the stores, the fleets, the console and the gateway, prints `ready  <address>` on stdout, and runs until SIGINT, SIGTERM
 * or SIGHUP. Everything it started ends with it. Progress goes to stderr.
 */
export async function start(settings: StartSettings): Promise<void> {
  const cleanUp = new CleanUp(say);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cleanUp.end(0));
  // The script that called us made the lock, and deletes it unless it is killed.
  guardian().removePath(join(settings.dataDir, 'start.lock'));
  try {
    await startAll(settings, cleanUp);
  } catch (error) {
    if (cleanUp.ending) return;
    say(error instanceof Error ? error.message : String(error));
    cleanUp.end(1);
  }
}

/** The addresses of the started parts. */
export interface StartedSystem {
  readonly fleet: Fleet;
  readonly gateway: Fleet;
  readonly url: string;
}

/** Starts it all and prints the `ready` line; `cleanUp` learns how to end each part. */
export async function startAll(settings: StartSettings, cleanUp: CleanUp): Promise<StartedSystem> {
  const system = readOwnSystem();
  const { fleets, active } = chooseFleets(system, settings);
  const stores = await startStores({ ...settings, memcached: needsMemcached(system, fleets) }, cleanUp, say);

  const ports = await choosePorts(settings);
  const gatewayPath = join(settings.dataDir, 'gateway.yaml');
  const secrets = sessionSecrets(settings.dataDir);
  const env = { LOG_LEVEL: settings.logLevel, HOST: '127.0.0.1' };
  // The readers in other languages know a single Redis only.
  const readers = /^rediss?:/.test(stores.env.REDIS_URL ?? '')
    ? await readerApps(system, { root, fleets, env: { ...stores.env, SESSION_SECRETS: secrets } })
    : [];
  const plan: FleetPlan = {
    apps: [
      ...servicePlan(system, {
        root,
        fleets,
        replicas: settings.replicas,
        env: {
          ...env,
          ...stores.env,
          SESSION_SECRETS: secrets,
          // Page and lab show where each session came from.
          ...(process.env.NODE_ENV !== 'production' && { EXPLAIN_SESSION: '1' }),
        },
      }),
      ...readers,
      edgeApp('console', 'apps/console/server.mjs', {
        ...env,
        GATEWAY_ADMIN_PORT: String(ports.admin),
        SCENARIOS: JSON.stringify(describeScenarios(system)),
      }),
    ],
  };
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  const link = new GatewayLink(system, adminUrl, say);
  cleanUp.add('the link to the gateway', async () => link.close());
  const fleet = await createFleet(plan, { hooks: link, takenPorts: Object.values(ports) });
  cleanUp.add('the fleet', () => fleet.stop());
  let gateway: Fleet | undefined;
  const lab = labControl(root);
  cleanUp.add('the experiment', () => lab.stop());
  const control = await serveControl(fleet, {
    port: ports.control,
    more: { lab: (request) => lab.answer(request) },
    stores: stores.watched,
    others: () => [...stores.helpers, ...steerableGateways(gateway)],
  });
  cleanUp.add('the control API', () => control.close());
  await startWithProgress(fleet, `starting ${fleets.join(', ')}`);

  const fileFor = (replicas: readonly ReplicaStatus[]): string =>
    gatewayFile(system, {
      port: ports.gateway,
      adminPort: ports.admin,
      active,
      affinitySecrets: secrets.split(','),
      replicas,
      readsFleet: readers.length > 0 ? READS_FLEET : undefined,
    });
  cleanUp.add('the gateway file', await writePrivateFile(gatewayPath, fileFor(fleet.status())));
  link.wroteFile(fleet.status());
  // With the file of the first start, a restarted gateway would ask servers that came later at ports where nobody answers, and move
  // the users bound to them. The new process needs longer to boot than this takes.
  const renewFile = (): void => {
    const replicas = fleet.status().filter((replica) => link.wants(replica));
    writeFileSync(gatewayPath, fileFor(replicas), { mode: 0o600 });
    link.wroteFile(replicas);
  };
  const gatewayPlan: FleetPlan = {
    apps: [
      {
        ...edgeApp('gateway', 'apps/gateway/dist/main.js', {
          ...env,
          GATEWAY_CONFIG: gatewayPath,
          GATEWAY_PORT: String(ports.gateway),
          GATEWAY_ADMIN_PORT: String(ports.admin),
          FLEET_URL: control.url,
        }),
        port: ports.gateway,
      },
    ],
  };
  const edge = await createFleet(gatewayPlan, { onStarting: renewFile, onReady: () => void link.gatewayStarted() });
  gateway = edge;
  cleanUp.add('the gateway', () => edge.stop());
  await startWithProgress(edge, 'starting the gateway');
  const url = `http://localhost:${ports.gateway}`;
  if (!cleanUp.ending) process.stdout.write(`ready  ${url}\n`);
  return { fleet, gateway: edge, url };
}

async function choosePorts(settings: StartSettings): Promise<{ gateway: number; admin: number; control: number }> {
  const taken = new Set([settings.gatewayPort, settings.adminPort]);
  const gateway = settings.gatewayPort || (await freePort(taken));
  const admin = settings.adminPort || (await freePort(taken.add(gateway)));
  return { gateway, admin, control: await freePort(taken.add(admin)) };
}

function edgeApp(app: string, main: string, env: Record<string, string>): FleetPlan['apps'][number] {
  const args = ['--enable-source-maps', join(root, main)];
  return { app, fleet: 'edge', idPrefix: app, command: process.execPath, args, env, replicas: 1 };
}

function createFleet(
  plan: FleetPlan,
  {
    onStarting = () => undefined,
    onReady = () => undefined,
    ...options
  }: { hooks?: FleetHooks; takenPorts?: readonly number[]; onStarting?: () => void; onReady?: () => void },
): Promise<Fleet> {
  return Fleet.create(plan, {
    ...options,
    inColour: process.stderr.isTTY,
    log: (line) => process.stderr.write(line),
    onState: (id, state, detail) => {
      if (state === 'starting') onStarting();
      if (state === 'ready') onReady();
      if (state === 'crashed') say(`${id} ended unexpectedly: ${detail}`);
    },
  });
}

async function startWithProgress(fleet: Fleet, title: string): Promise<void> {
  const all = fleet.status().length;
  let ready = 0;
  let shownAt = Date.now();
  await fleet.start(() => {
    ready++;
    // One line every two seconds, not one per process.
    if (ready < all && Date.now() - shownAt < 2_000) return;
    shownAt = Date.now();
    say(`${ready === all ? '✓' : '…'} ${title}: ${ready} of ${all} ready`);
  });
}
