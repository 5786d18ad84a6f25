import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ServerPlace, type ServerProcess, startServerProcess } from '../server/server-process.js';

export interface PrometheusServerOptions extends ServerPlace {
  readonly binary: string;
  /** The text of its configuration. */
  readonly config: string;
}

/** A Prometheus of ours on loopback. */
export interface PrometheusServer extends ServerProcess {
  readonly url: string;
}

/** Starts Prometheus; resolves once it is ready. Throws with its last log lines, for example about a mistake in `config`. */
export async function startPrometheusServer(options: PrometheusServerOptions): Promise<PrometheusServer> {
  const path = join(options.dir, 'prometheus.yaml');
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  writeFileSync(path, options.config);
  const server = await startServerProcess(
    {
      name: 'Prometheus',
      binary: options.binary,
      arguments: (port) => [
        `--config.file=${path}`,
        `--storage.tsdb.path=${join(options.dir, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      ask,
    },
    options,
  );
  return Object.assign(server, { url: `http://127.0.0.1:${server.port}` });
}

/** Prometheus does not tell its process id. */
async function ask(port: number) {
  const answer = await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined);
  return answer === undefined ? undefined : { pid: undefined, loaded: answer.ok };
}
