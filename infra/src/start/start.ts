import { join } from 'node:path';
import { Fleet, type FleetHooks, type FleetPlan, freePort, guardian, serveControl } from '@holdfast/fleet';
import { obtainRedis } from '../redis/obtain-redis.js';
import { WatchedRedis } from '../redis/watched-redis.js';
import { chooseFleets } from '../system/choose-fleets.js';
import { gatewayFile } from '../system/gateway-file.js';
import { scenarioCards } from '../system/scenario-cards.js';
import { servicePlan } from '../system/service-plan.js';
import { readSystem } from '../system/system-file.js';
import { CleanUp } from './clean-up.js';
import { GatewayLink } from './gateway-link.js';
import { writePrivateFile } from './private-file.js';
import { sessionSecrets } from './session-secrets.js';

/** What `npm start` was told; `infra/bin/settings.mjs` checks it. */
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
}

const root = join(import.meta.dirname, '../../..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Starts Redis, the fleets, the console and the gateway, prints `ready  <address>` on stdout, and runs until SIGINT, SIGTERM
 * or SIGHUP. Everything it started ends with it. Progress goes to stderr.
 */
export async function start(settings: StartSettings): Promise<void> {
  const cleanUp = new CleanUp(say);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => cleanUp.end(0));
  // Taken by the script that called us, which deletes it unless it is killed.
  guardian().removePath(join(settings.dataDir, 'start.lock'));
  try {
    await startAll(settings, cleanUp);
  } catch (error) {
    if (cleanUp.ending) return;
    say(error instanceof Error ? error.message : String(error));
    cleanUp.end(1);
  }
}

/** What was started, and where it is. */
export interface StartedSystem {
  readonly fleet: Fleet;
  readonly gateway: Fleet;
  readonly url: string;
}

/** Starts it all and prints the `ready` line; `cleanUp` learns how to end each part. */
export async function startAll(settings: StartSettings, cleanUp: CleanUp): Promise<StartedSystem> {
  const system = readSystem();
  const { fleets, active } = chooseFleets(system, settings);
  const redis = await obtainRedis(settings.dataDir);
  const watchedRedis = new WatchedRedis(redis, say);
  cleanUp.add('Redis', () => watchedRedis.stop());
  say(`✓ Redis ${redis.origin}`);

  const taken = new Set([settings.gatewayPort, settings.adminPort]);
  const ports = {
    gateway: settings.gatewayPort || (await freePort(taken)),
    admin: settings.adminPort || (await freePort(taken)),
    control: await freePort(taken),
  };
  const gatewayPath = join(settings.dataDir, 'gateway.yaml');
  const secrets = sessionSecrets(settings.dataDir);
  const env = { LOG_LEVEL: settings.logLevel, HOST: '127.0.0.1' };
  const plan: FleetPlan = {
    apps: [
      ...servicePlan(system, {
        root,
        fleets,
        replicas: settings.replicas,
        env: { ...env, REDIS_URL: redis.url, SESSION_SECRETS: secrets },
      }),
      edgeApp('console', 'apps/console/server.mjs', {
        ...env,
        GATEWAY_ADMIN_PORT: String(ports.admin),
        SCENARIOS: JSON.stringify(scenarioCards(system)),
      }),
    ],
  };
  const adminUrl = `http://127.0.0.1:${ports.admin}`;
  const link = new GatewayLink(system, adminUrl, say);
  cleanUp.add('the link to the gateway', async () => link.close());
  const fleet = await createFleet(plan, { hooks: link });
  cleanUp.add('the fleet', () => fleet.stop());
  const control = await serveControl(fleet, ports.control, [watchedRedis]);
  cleanUp.add('the control API', () => control.close());
  await startWithProgress(fleet, `starting ${fleets.join(', ')}`);

  cleanUp.add(
    'the gateway file',
    await writePrivateFile(
      gatewayPath,
      gatewayFile(system, {
        port: ports.gateway,
        adminPort: ports.admin,
        active,
        affinitySecrets: secrets.split(','),
        replicas: fleet.status(),
      }),
    ),
  );
  link.wroteFile(fleet.status());
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
  const gateway = await createFleet(gatewayPlan, { onReady: () => void link.gatewayStarted() });
  cleanUp.add('the gateway', () => gateway.stop());
  await startWithProgress(gateway, 'starting the gateway');
  const url = `http://localhost:${ports.gateway}`;
  if (!cleanUp.ending) process.stdout.write(`ready  ${url}\n`);
  return { fleet, gateway, url };
}

function edgeApp(app: string, main: string, env: Record<string, string>): FleetPlan['apps'][number] {
  const args = ['--enable-source-maps', join(root, main)];
  return { app, fleet: 'edge', idPrefix: app, command: process.execPath, args, env, replicas: 1 };
}

function createFleet(
  plan: FleetPlan,
  { hooks = {}, onReady = () => undefined }: { hooks?: FleetHooks; onReady?: () => void },
): Promise<Fleet> {
  return Fleet.create(plan, {
    hooks,
    inColour: process.stderr.isTTY,
    log: (line) => process.stderr.write(line),
    onState: (id, state, detail) => {
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
