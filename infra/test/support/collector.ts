import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@holdfast/fleet';
import { DEPLOYMENTS_FOLDER } from '../../src/deployments/render.js';
import { until } from '../../src/until.js';

/** A real OpenTelemetry Collector. */
export interface Collector {
  /** The value of OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/** Starts one with the configuration of the Compose deployment, on ports of its own, that sends on to `receiver` as well. */
export async function startCollectorBefore(receiver: string, binary: string, dir: string): Promise<Collector> {
  const http = await freePort();
  const grpc = await freePort(new Set([http]));
  const file = join(dir, 'collector.json');
  const protocols = { http: { endpoint: `127.0.0.1:${http}` }, grpc: { endpoint: `127.0.0.1:${grpc}` } };
  const own = {
    receivers: { otlp: { protocols } },
    processors: { batch: { timeout: '100ms' } },
    exporters: { otlphttp: { endpoint: receiver, encoding: 'json', compression: 'none' } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { exporters: ['debug', 'otlphttp'] } },
    },
  };
  await writeFile(file, JSON.stringify(own));
  const deployed = join(DEPLOYMENTS_FOLDER, 'compose/collector.yaml');
  const child = spawn(binary, ['--config', `file:${deployed}`, '--config', `file:${file}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output = (output + chunk).slice(-5_000);
  });
  const listens = async () => {
    if (child.exitCode !== null) throw new Error(`The Collector ended: ${output}`);
    return isOpen(http);
  };
  await until('the Collector listens', listens, START_TIMEOUT_MS);
  return {
    endpoint: `http://127.0.0.1:${http}`,
    async stop() {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
