import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { guardian } from '@holdfast/infra';

/** The proxy is a program, which a test does not translate. */
const FILE = join(import.meta.dirname, '../../dist/session-cost/delaying-proxy-process.js');

export interface DelayingProxy {
  readonly port: number;
  close(): void;
}

/** A port that leads to `targetPort` over a network with that round trip. */
export async function startDelayingProxy(targetPort: number, roundTripMs: number): Promise<DelayingProxy> {
  const child = fork(FILE, [String(targetPort), String(roundTripMs)]);
  guardian().watch(child);
  const [port] = (await once(child, 'message')) as [number];
  return { port, close: () => child.disconnect() };
}
