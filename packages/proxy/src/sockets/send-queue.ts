import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

const POLL_MS = 20;
/** The wait on systems that do not report the bytes the kernel still has to send. */
const UNKNOWN_WAIT_MS = 1000;

interface Waiter {
  readonly socket: Socket;
  readonly ports: string;
  readonly done: () => void;
}

const waiters = new Set<Waiter>();
let polling = false;

/**
 * Resolves when the other side has acknowledged every byte written to `socket`, or the socket is gone. A reset drops what the kernel
 * has not delivered yet, so it has to wait for this. Linux reports it in /proc/net; elsewhere the wait is one second.
 */
export function sendQueueEmpty(socket: Socket): Promise<void> {
  return new Promise((done) => {
    waiters.add({ socket, ports: `${socket.localPort}-${socket.remotePort}`, done });
    if (!polling) void poll();
  });
}

/** Reads the kernel's table for all waiting sockets together. */
async function poll(): Promise<void> {
  polling = true;
  while (waiters.size > 0) {
    const asked = [...waiters];
    const begunMs = performance.now();
    const queued = await readQueues();
    const readMs = performance.now() - begunMs;
    if (queued === undefined) await pause(UNKNOWN_WAIT_MS);
    for (const waiter of asked) {
      if (!waiter.socket.destroyed && queued?.has(waiter.ports)) continue;
      waiters.delete(waiter);
      waiter.done();
    }
    // A long table is read less often: at most a twentieth of the time goes into it.
    if (waiters.size > 0) await pause(Math.max(POLL_MS, 20 * readMs));
  }
  polling = false;
}

async function readQueues(): Promise<Set<string> | undefined> {
  try {
    const ipv4 = await readFile('/proc/net/tcp', 'latin1');
    const ipv6 = await readFile('/proc/net/tcp6', 'latin1').catch(() => '');
    return socketsWithQueue(ipv4 + ipv6);
  } catch {
    return undefined;
  }
}

/**
 * The "local-remote" ports of every connection that has bytes to send. A line of the table is "n: address:port address:port state
 * sent:received …", in hexadecimal (proc(5)).
 */
export function socketsWithQueue(table: string): Set<string> {
  const found = new Set<string>();
  const line = /[0-9A-F]:([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]{2} ([0-9A-F]{8}):/g;
  for (const [, local = '', remote = '', sent = ''] of table.matchAll(line)) {
    if (sent !== '00000000') found.add(`${Number.parseInt(local, 16)}-${Number.parseInt(remote, 16)}`);
  }
  return found;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
