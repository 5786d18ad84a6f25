import { freePort } from '@holdfast/infra';

/** The given number of different free loopback ports, outside the kernel's range for outgoing connections. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort(ports));
  return [...ports];
}
