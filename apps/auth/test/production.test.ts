import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const good = 'vX3q0Jb8rT-Zk5cLw2Nf7Hs9Ym4Pd6Ga';

describe('S9: auth in production', () => {
  let redis: Awaited<ReturnType<typeof startRedis>>;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** Starts the process, and ends it as soon as it is ready. */
  async function start(env: NodeJS.ProcessEnv): Promise<{ ready: boolean; code: number | null; stderr: string }> {
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        REDIS_URL: redis.url,
        PORT: '0',
        SHUTDOWN_DRAIN_MS: '0',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let ready = false;
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('message', () => {
      ready = true;
      child.kill('SIGTERM');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { ready, code, stderr };
  }

  test('S9: does not start with a weak secret, and names every mistake but no secret', async () => {
    const { ready, code, stderr } = await start({
      SESSION_SECRETS: `aaaaaaaaaaaaaaaa,${good},change-me-in-production,short`,
    });
    expect([ready, code]).toEqual([false, 1]);
    expect(stderr).toMatch(/SESSION_SECRETS: number 1 has too few different characters/);
    expect(stderr).toMatch(/SESSION_SECRETS: number 3 is like a well-known example/);
    expect(stderr).toMatch(/SESSION_SECRETS: number 4 must be a string of at least 16 characters/);
    expect(stderr).toMatch(/SESSION_SECURE is not set: in production say true/);
    for (const secret of ['aaaaaaaaaaaaaaaa', good, 'change-me', 'short']) expect(stderr).not.toContain(secret);
  }, 20_000);

  test('S9: an insecure cookie has to be said, and is warned about', async () => {
    const said = await start({ SESSION_SECRETS: good, SESSION_SECURE: 'false' });
    expect([said.ready, said.code]).toEqual([true, 0]);
    expect(said.stderr).toMatch(/SessionWarning: The session cookie travels over plain HTTP/);
    const secure = await start({ SESSION_SECRETS: good, SESSION_SECURE: 'true' });
    expect([secure.ready, secure.stderr]).toEqual([true, '']);
  }, 30_000);
});
