import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface DelayingProxy {
  readonly port: number;
  close(): void;
}

/** A port that leads to `targetPort` over a network with that round trip. */
export async function startDelayingProxy(targetPort: number, roundTripMs: number): Promise<DelayingProxy> {
  const file = fileURLToPath(new URL('./delaying-proxy-process.js', import.meta.url));
  const child = fork(file, [String(targetPort), String(roundTripMs)]);
  const [port] = (await once(child, 'message')) as [number];
  return { port, close: () => child.disconnect() };
}
