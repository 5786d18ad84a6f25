import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Runs a program to its end. Rejects with its last line of output when it fails, or says that it is not there. */
export async function run(file, args, cwd) {
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const [code] = await once(child, 'close').catch(() => {
    throw new Error(`${file} is not on PATH`);
  });
  if (code !== 0) throw new Error(`${file} ${args[0]} failed: ${output.trim().split('\n').at(-1)}`);
}

/** A server process on a port of its own, once it answers. `end` ends it. */
export async function serve(commandOf, env) {
  const port = await freePort();
  const [file, args, cwd] = await commandOf(port);
  const child = spawn(file, args, {
    cwd,
    env: { ...process.env, ...env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`${file} ended at once:\n${output}`);
    return await fetch(`${url}/me`).then(
      () => true,
      () => false,
    );
  }, 60_000);
  return {
    url,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** Resolves when the condition holds; rejects after `timeoutMs`. */
export async function until(condition, timeoutMs = 5_000) {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not true within ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
