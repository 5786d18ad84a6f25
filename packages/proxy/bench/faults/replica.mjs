import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownDirectory, spawnOwned } from '../native.mjs';

const file = fileURLToPath(new URL('destination-process.mjs', import.meta.url));

/** A real process that serves as destination; it keeps its port when it comes back. */
export class Replica {
  port = 0;

  constructor(id, ledger) {
    this.id = id;
    this.ledger = ledger;
  }

  async start() {
    const env = { ...process.env, ID: this.id, PORT: String(this.port), LEDGER: this.ledger ?? '' };
    this.child = spawnOwned(process.execPath, [file], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [message] = await once(this.child, 'message');
    this.port = message.port;
    return this;
  }

  behave(change) {
    this.child.send(change);
  }

  /** Sends a signal; for one that ends it, `exited` tells when. */
  signal(name) {
    this.child.kill(name);
  }

  async exited() {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }

  async stop() {
    this.child.kill('SIGCONT');
    this.child.kill('SIGKILL');
    await this.exited();
  }
}

/** `count` replicas that share a ledger; `doneTwice` counts its entries beyond the first of each. */
export async function startReplicas(count) {
  const ledger = join(ownDirectory(), 'ledger');
  const replicas = await Promise.all(Array.from({ length: count }, (_, i) => new Replica(`d-${i}`, ledger).start()));
  const entries = () => readFileSync(ledger, 'utf8').split('\n').filter(Boolean);
  return {
    replicas,
    async stop() {
      await Promise.all(replicas.map((replica) => replica.stop()));
    },
    /** The POSTs that were worked on. */
    done: () => new Set(entries()),
    doneTwice: () => entries().length - new Set(entries()).size,
  };
}
