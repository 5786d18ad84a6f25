import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENGINES_FOLDER, type Engine, sayOnStderr, startEngine } from '@holdfast/infra';
import { loadFolder } from '../registry/load-folder.js';
import type { Balancer, BalancerKind, BalancerSettings } from './balancer.js';
import { haproxy } from './haproxy.js';
import { holdfast } from './holdfast.js';
import { nginx } from './nginx.js';

const KINDS: Readonly<Record<BalancerName, (settings: BalancerSettings) => BalancerKind>> = {
  holdfast,
  nginx,
  haproxy,
};

export type BalancerName = 'holdfast' | 'nginx' | 'haproxy';

/** Starts a load balancer; resolves once it accepts connections. Rejects with its last log lines, or with how to get the program. */
export async function startBalancer(name: BalancerName, settings: BalancerSettings): Promise<Balancer> {
  const engine = (await loadFolder<Engine>(ENGINES_FOLDER)).get(name);
  const { program, control } = KINDS[name](settings);
  const dir = await mkdtemp(join(tmpdir(), `holdfast-${name}-`));
  const running = await startEngine(
    // Our gateway is a program of Node.
    { ...program, obtain: async (say) => engine?.program?.obtain(say) ?? process.execPath },
    [],
    { dir, temporary: true },
    sayOnStderr,
  );
  return {
    ...control(running),
    port: running.port,
    // The master of nginx carries none.
    pids: () => (name === 'nginx' ? running.pids().slice(1) : running.pids()),
    restart: () => running.restart(),
    stop: () => running.stop(),
  };
}
