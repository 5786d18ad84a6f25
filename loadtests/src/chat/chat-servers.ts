import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type ObtainedRedis, processGroup } from '@holdfast/infra';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { AppServer } from '../app/app-server.js';

import { sum } from '../measures/window.js';
import { cpuSeconds } from '../systems/cpu-time.js';
import { freePorts } from '../systems/free-ports.js';
import { startOwnRedis } from '../systems/own-redis.js';
import { askSessionProgram } from '../systems/program.js';

const root = join(import.meta.dirname, '../../..');
const START_MS = 30_000;

/** What the servers are: ours, or what they are compared with. */
const PROGRAMS = {
  chat: join(root, 'apps/chat/dist/main.js'),
  socketIo: join(root, 'loadtests/dist/opponents/socket-io-server.js'),
};
export type ChatKind = keyof typeof PROGRAMS;

interface ChatServersOptions {
  readonly kind: ChatKind;
  readonly count: number;
  readonly users: number;
  /** Given the address of Redis, the addresses by which the first servers are to reach it. */
  readonly waysToRedis?: (url: string) => Promise<readonly string[]>;
}

/** Chat servers without a gateway in front, with a Redis of their own in which users are logged in. */
export class ChatServers {
  private constructor(
    private readonly obtained: ObtainedRedis,
    readonly redis: Redis,
    readonly servers: readonly AppServer[],
    readonly urls: readonly string[],
    /** One for each user. */
    readonly cookies: readonly string[],
  ) {}

  /** Rejects when a server does not get ready, and leaves nothing running. `onStart` gets the function that ends everything early. */
  static async start(
    { kind, count, users, waysToRedis = async () => [] }: ChatServersOptions,
    onStart: (stop: () => void | Promise<void>) => void,
  ): Promise<ChatServers> {
    const obtained = await startOwnRedis();
    const redis = new Redis(obtained.url);
    const ways = await waysToRedis(obtained.url).catch(async (error: unknown) => {
      redis.disconnect();
      await obtained.stop();
      throw error;
    });
    const secret = randomBytes(24).toString('hex');
    const ports = await freePorts(count);
    const servers = ports.map(
      (port, n) =>
        new AppServer({
          ...{ name: `${kind}-${n + 1}`, command: `exec node ${PROGRAMS[kind]}`, folder: root, port },
          ...{ ready: { tcp: true }, startTimeoutMs: START_MS },
          env: {
            ...{
              REDIS_URL: ways[n] ?? obtained.url,
              SESSION_SECRETS: secret,
              SESSION_STORE: 'cached',
              LOG_LEVEL: 'fatal',
            },
            // A few users share all sockets of a fan-out.
            ...{ CHAT_MESSAGES_PER_MINUTE: '1000000', CHAT_SOCKETS_PER_USER: '1000', INSTANCE_ID: `chat-${n + 1}` },
          },
        }),
    );
    const urls = ports.map((port) => `http://127.0.0.1:${port}`);
    const cookies: string[] = [];
    const chat = new ChatServers(obtained, redis, servers, urls, cookies);
    onStart(() => chat.stop());
    try {
      const options = { url: obtained.url, secret, users };
      cookies.push(...(await askSessionProgram('lab/sign-in', options, z.array(z.string()), () => undefined)));
      await Promise.all(servers.map((server) => server.start()));
      return chat;
    } catch (error) {
      await chat.stop();
      throw error;
    }
  }

  /** CPU seconds of all servers so far. */
  cpuSeconds(): number {
    const pids = this.servers.flatMap(({ pid }) => (pid === undefined ? [] : processGroup(pid)));
    return sum(pids, (pid) => cpuSeconds(pid) ?? 0);
  }

  async stop(): Promise<void> {
    for (const server of this.servers) server.signal('SIGKILL');
    this.redis.disconnect();
    await this.obtained.stop();
  }
}
