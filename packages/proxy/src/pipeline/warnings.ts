import type { Peer } from '../forwarding/client-address.js';
import type { ProxyWarning } from '../proxy-api.js';

/** A lack of resources is reported again after this time, if it lasts. */
const AGAIN_AFTER_MS = 10_000;

const remedies: Readonly<Record<string, string>> = {
  EMFILE: 'raise the limit of open files of this process (ulimit -n, LimitNOFILE)',
  ENFILE: 'raise the limit of open files of this machine (sysctl fs.file-max)',
  EADDRNOTAVAIL: 'no local port is free; widen the range (sysctl net.ipv4.ip_local_port_range)',
  ENOBUFS: 'the kernel is short of memory for sockets',
  ENOMEM: 'the machine is short of memory',
};

/** Warns the operator: once of a dropped header, and repeatedly of a lack of resources while it lasts. */
export class Warnings {
  private toldOfHeader = false;
  private readonly localErrors = new Map<string, { toldMs: number; count: number }>();

  constructor(
    private readonly now: () => number,
    private readonly tell: (warning: ProxyWarning) => void,
  ) {}

  /** Reports, once, that a forwarded header was dropped because its sender is not trusted. */
  readonly disbelieved = (name: string, { address }: Peer): void => {
    if (this.toldOfHeader) return;
    this.toldOfHeader = true;
    const message =
      `${name} from ${address} was dropped, since trustedProxies does not list that address. If it is your TLS terminator or load ` +
      `balancer, add it (trustedProxies: [${address}]); if it is a client, all is well. This is told once. See docs/behind-tls.md`;
    this.tell({ code: 'forwarded_header_dropped', message });
  };

  /** Reports a failure for lack of resources on this machine. */
  localError(code: string, what: string): void {
    const nowMs = this.now();
    const before = this.localErrors.get(code) ?? { toldMs: Number.NEGATIVE_INFINITY, count: 0 };
    const count = before.count + 1;
    const isNews = nowMs - before.toldMs >= AGAIN_AFTER_MS;
    this.localErrors.set(code, isNews ? { toldMs: nowMs, count: 0 } : { toldMs: before.toldMs, count });
    if (!isNews) return;
    const times = count > 1 ? ` (${count} times since the last line)` : '';
    const remedy = remedies[code];
    this.tell({ code: 'local_error', message: `${code}: ${what}${times}${remedy === undefined ? '' : `; ${remedy}`}` });
  }
}
