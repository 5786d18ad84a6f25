import { type ChildProcess, spawn } from 'node:child_process';
import { end } from './registry.js';
import { strangersEnv } from './run.js';

/** One running instance of an application in a stranger's folder. */
export interface Instance {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `file` there; resolves once it prints `listening <port>`, rejects with its whole output if it ends before. */
export async function startInstance(cwd: string, file: string, redisUrls: string): Promise<Instance> {
  const child: ChildProcess = spawn(process.execPath, [file], {
    cwd,
    env: { ...strangersEnv(), REDIS_URLS: redisUrls },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const port = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk;
      const listening = /^listening (\d+)$/m.exec(printed)?.[1];
      if (listening !== undefined) resolve(listening);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code) => reject(new Error(`${file} ended with ${code} before it listened:\n${printed}`)));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => end(child) };
}

/** A client of these applications that keeps its cookie. */
export class Visitor {
  private cookie = '';

  async send(method: string, url: string, body?: object): Promise<{ status: number; body: unknown }> {
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...(this.cookie !== '' && { cookie: this.cookie }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const set = response.headers.getSetCookie()[0]?.split(';')[0];
    if (set !== undefined) this.cookie = set;
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text };
  }
}
