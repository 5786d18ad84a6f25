import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import caddy from '../../src/engines/caddy.js';
import type { EngineProgram } from '../../src/engines/engine.js';
import haproxy from '../../src/engines/haproxy.js';
import nginx from '../../src/engines/nginx.js';
import { poolsOf } from '../../src/engines/pool.js';
import { type RunningEngine, startEngine } from '../../src/engines/start-engine.js';
import { readOwnSystem } from '../../src/system/own-system.js';
import { StubServer } from './stub-server.js';

export const PROGRAMS = { nginx: nginx.program, haproxy: haproxy.program, caddy: caddy.program } as const;

export interface Answer {
  readonly status: number;
  /** As `x-served-by` says. */
  readonly by: string | undefined;
  /** What the server was sent. */
  readonly sent: Record<string, string>;
  /** The cookie that was given, as a client sends it back. */
  readonly cookie: string | undefined;
  /** The lines of all that were given. */
  readonly cookies: readonly string[] | undefined;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly timeoutMs?: number;
}

/** Three servers behind a real load balancer with its rendered file, or with what `change` makes of it. */
export class EngineUnderTest {
  private constructor(
    private readonly engine: RunningEngine,
    readonly servers: readonly StubServer[],
    private readonly host: string,
  ) {}

  static async start(
    program: EngineProgram,
    scenario: string,
    change: (file: string) => string = (file) => file,
  ): Promise<EngineUnderTest> {
    const servers = [1, 2, 3].map((n) => new StubServer(`monolith-${n}`));
    for (const server of servers) await server.start();
    const replicas = servers.map(({ id, port }) => ({ id, port, app: 'monolith', fleet: 'monolith' }));
    const pools = poolsOf(readOwnSystem(), [scenario], replicas);
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-engine-'));
    const changed = {
      ...program,
      render: (...args: Parameters<typeof program.render>) => change(program.render(...args)),
    };
    const engine = await startEngine(changed, pools, { dir, temporary: true }).catch(async (error: unknown) => {
      for (const server of servers) await server.die();
      throw error;
    });
    return new EngineUnderTest(engine, servers, `${scenario}.localhost`);
  }

  async stop(): Promise<void> {
    await this.engine.stop();
    for (const server of this.servers) await server.die().catch(() => undefined);
  }

  restart(): Promise<void> {
    return this.engine.restart();
  }

  get adminPort(): number {
    return this.engine.adminPort;
  }

  get port(): number {
    return this.engine.port;
  }

  server(id: string | undefined): StubServer {
    const found = this.servers.find((server) => server.id === id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  /** Rejects when there is no answer in time. */
  ask({ method = 'GET', headers = {}, timeoutMs = 5_000 }: Asked = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          ...{ host: '127.0.0.1', port: this.port, path: '/todos', method, agent: false },
          ...{ headers: { host: `${this.host}:${this.port}`, ...headers }, signal: AbortSignal.timeout(timeoutMs) },
        },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => {
            body += chunk.toString();
          });
          response.once('error', reject);
          response.once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              by: response.headers['x-served-by'] as string | undefined,
              sent: body.startsWith('{') ? JSON.parse(body) : {},
              cookie: response.headers['set-cookie']?.[0]?.split(';')[0],
              cookies: response.headers['set-cookie'],
            }),
          );
        },
      );
      sent.once('error', reject);
      sent.end();
    });
  }

  /** Who answers each of these addresses. */
  async byAddress(addresses: readonly string[]): Promise<Map<string, string | undefined>> {
    const seen = new Map<string, string | undefined>();
    for (const address of addresses) {
      seen.set(address, (await this.ask({ headers: { 'x-forwarded-for': address } })).by);
    }
    return seen;
  }
}
