import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, 'infra/deployments/compose');
const PROJECT = 'holdfast-test';
const run = promisify(execFile);

const docker = process.env.TEST_DOCKER ?? 'docker';
const [compose = 'docker', ...composeWords] = JSON.parse(
  process.env.TEST_COMPOSE ?? '["docker","compose"]',
) as string[];
/** Images that were made here, where none can be fetched. */
export const images = JSON.parse(process.env.TEST_IMAGES ?? '{}') as { base?: string; buildBase?: string };

/** Settings of the test beside the file as users have it: no Kafka, and Redis from the image that is here. */
function overrideFile(services: readonly string[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'holdfast-compose-')), 'override.json');
  const ours = services.map((name) => [name, { environment: { KAFKA_BROKERS: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' } }]);
  // Debian's Redis refuses other hosts unless it is told not to; Redis' own image does not.
  const command = ['redis-server', '--appendonly', 'yes', '--protected-mode', 'no'];
  const redis = images.base === undefined ? {} : { redis: { image: images.base, command } };
  writeFileSync(path, JSON.stringify({ services: { ...Object.fromEntries(ours), ...redis } }));
  return path;
}

/** The compose file as users have it, for one scenario. */
export class Compose {
  private readonly files: string[];
  readonly env: NodeJS.ProcessEnv;

  constructor(scenario: string, replicas: readonly string[]) {
    this.files = ['--file', join(FOLDER, 'compose.yaml'), '--file', overrideFile(replicas)];
    this.env = {
      ...process.env,
      COMPOSE_PROFILES: scenario,
      COMPOSE_PROJECT_NAME: PROJECT,
      SESSION_SECRETS: 'kX3!vb9qLz0_Wm4tRp7yHs2u',
      HOLDFAST_TAG: 'test',
    };
  }

  async do(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const words = [...composeWords, ...this.files, ...args];
    const { stdout } = await run(compose, words, { env: { ...this.env, ...env }, maxBuffer: 64 << 20 });
    return stdout;
  }

  /** The id of a service's container. */
  async container(service: string): Promise<string> {
    return (await this.do(['ps', '--quiet', service])).trim();
  }

  async state(service: string): Promise<{ Status: string; ExitCode: number; Health?: { Status: string } }> {
    const [found] = JSON.parse(await this.docker('inspect', await this.container(service))) as [{ State: never }];
    return found.State;
  }

  /** Resolves when these services are healthy; rejects with what the first of them logs when that takes a minute. */
  async healthy(services: readonly string[]): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (const service of services) {
      while ((await this.state(service)).Health?.Status !== 'healthy') {
        if (Date.now() > deadline)
          throw new Error(`${service} is not healthy: ${await this.do(['logs', '--tail', '15', service])}`);
        await new Promise((done) => setTimeout(done, 300));
      }
    }
  }

  async docker(...args: string[]): Promise<string> {
    return (await run(docker, args, { env: this.env, maxBuffer: 64 << 20 })).stdout;
  }
}

/** Builds the image of an app and tags it. */
export function buildImage(app: string): string {
  const tag = `holdfast/${app}:test`;
  const base = images.base === undefined ? [] : ['--build-arg', `BASE=${images.base}`];
  const buildBase = images.buildBase === undefined ? [] : ['--build-arg', `BUILD_BASE=${images.buildBase}`];
  const dockerfile = join(ROOT, 'infra/deployments/container/Dockerfile');
  const args = ['build', '--file', dockerfile, '--build-arg', `APP=${app}`, ...base, ...buildBase, '--tag', tag, ROOT];
  execFileSync(docker, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return tag;
}
